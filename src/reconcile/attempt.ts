import type { EngineContext } from "../admission/engine.ts";
import { adoptOne, NotAnswered } from "../adopt/adopt-one.ts";
import { deploymentCalls, type Reference } from "../cluster/deployment-calls.ts";
import { ViewUnavailable } from "../cluster/guarded.ts";
import { Pool } from "../cluster/intern.ts";
import type { ApiClient } from "../cluster/live-client.ts";
import { type Clock, pause } from "../cluster/live-clock.ts";
import { LiveFailure } from "../cluster/live-failure.ts";
import { isSameState, project } from "../cluster/projection.ts";
import { NamespaceUnknown } from "../policy/labels.ts";

/** What came of an attempt to have a text rewritten. */
export type Outcome =
  /** The webhook wrote the text. */
  | "rewritten"
  /** Somebody else had done it, or there is nothing to do. */
  | "right"
  | "gone"
  /** A rule stands against the deployment. */
  | "rejected"
  /** Its pods would restart, which the settings do not allow. */
  | "restarts"
  /** Others wrote to it all the time. */
  | "conflict"
  /** The view and the API server do not show the same state of it yet. */
  | "behind"
  /** No webhook gave it this text. Nothing was written. */
  | "unanswered"
  /** The API server refused a call. */
  | "failed";

export interface Ended {
  readonly outcome: Outcome;
  /** Why, where that is not said already. */
  readonly reason?: string;
}

/** The API server cannot be asked now, or the view not be relied on: that has nothing to do with the deployment. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** The view shows another state of the deployment than the API server has: what to write is not known yet. */
class Behind extends Error {}

export interface AttemptOptions {
  readonly client: ApiClient;
  /** Settings, policy, and the live view, all of the moment. */
  readonly context: EngineContext;
  /** Also where the text restarts pods. */
  readonly restartPods: boolean;
  readonly clock: Clock;
}

/** Has the installed webhook write the text of one deployment; rejects with Interrupted, or when called off. */
export async function attempt(
  reference: Reference,
  { client, context, restartPods, clock }: AttemptOptions,
  signal: AbortSignal,
): Promise<Ended> {
  const wait = (ms: number): Promise<void> => pause(ms * (0.5 + clock.random()), signal, clock);
  try {
    const result = await adoptOne(reference, {
      // Made anew each time: which versions are served may change while a process lives.
      calls: deploymentCalls(client, { clock, stopping: signal }),
      restartPods,
      context(raw) {
        checkSight(raw, reference, context);
        // Copied, so that the answer is compared with what the plan was made by, whatever policy is loaded meanwhile.
        return { ...context };
      },
      renew: () => wait(500),
      wait: (count) => wait(100 * count),
    });
    return ended(result);
  } catch (error) {
    if (error instanceof Behind) return { outcome: "behind" };
    if (error instanceof NotAnswered) return { outcome: "unanswered", reason: unansweredReason(error) };
    if (isInterruption(error)) throw new Interrupted(error.message, { cause: error });
    throw error;
  }
}

const isInterruption = (error: unknown): error is Error =>
  error instanceof LiveFailure || error instanceof ViewUnavailable || error instanceof NamespaceUnknown;

function ended(result: Awaited<ReturnType<typeof adoptOne>>): Ended {
  if (result.outcome === "adopted") return { outcome: "rewritten" };
  if (result.outcome === "failed") return result;
  if (result.outcome !== "rejected") return { outcome: result.outcome };
  const rules = new Set(
    result.reports.filter(({ severity }) => severity === "error").map(({ rule }) => rule),
  );
  return { outcome: "rejected", reason: `rejected by ${[...rules].join(", ")}` };
}

const unansweredReason = ({ answer }: NotAnswered): string =>
  answer === "missing"
    ? "no mutating webhook answered: is one registered that selects this namespace?"
    : "the webhook that answered wants another text: its version, settings or policy differ from those here";

/**
 * Who writes by a view that is behind puts an old text in the place of a new one, and another replica would have to put
 * it right again.
 */
function checkSight(raw: unknown, { namespace, name }: Reference, { cluster }: EngineContext): void {
  const [stored, seen] = [project(raw, new Pool()), cluster.find(namespace, name)];
  if (stored === undefined || seen === undefined || !isSameState(stored, seen)) throw new Behind();
}
