import { isDeepStrictEqual } from "node:util";
import type { EngineContext } from "../admission/engine.ts";
import type { DeploymentCalls, Reference } from "../cluster/deployment-calls.ts";
import { LiveFailure } from "../cluster/live-failure.ts";
import { identityOf } from "../cluster/projection.ts";
import type { Report } from "../diagnostics/finding.ts";
import { type Plan, patchOf, planFor } from "./plan.ts";

/** What became of one deployment. */
export type Result =
  | { readonly outcome: "adopted" | "right" | "gone" | "conflict" | "restarts" }
  | { readonly outcome: "rejected"; readonly reports: readonly Report[] }
  | { readonly outcome: "failed"; readonly reason: string };

/** Going on is of no use: no webhook answers as it should. Nothing was written. */
export class NotAnswered extends Error {
  override readonly name = "NotAnswered";
  /** Nobody changed the text, or somebody wanted another one. */
  readonly answer: Exclude<Answer, "right">;

  constructor(message: string, answer: Exclude<Answer, "right">) {
    super(message);
    this.answer = answer;
  }
}

/** What a deployment is adopted with. */
export interface Adoption {
  readonly calls: DeploymentCalls;
  readonly restartPods: boolean;
  /** Settings, policy, and what exists as last read, this object with it. What it throws ends the attempts. */
  context(raw: unknown): EngineContext;
  /** Reads again what exists. */
  renew(): Promise<void>;
  /** Waits a little before the next attempt. */
  wait(attempt: number): Promise<void>;
}

/** Somebody else who writes all the time may win as often. */
const attempts = 8;
/** A webhook may be late to hear of a change, or fail once; then what exists is read again. */
const answerAttempts = 3;

type ToDo = Extract<Plan, { kind: "adopt" }>;
type Answer = "right" | "missing" | "other";

/** Has the installed webhook write its text, and sees to it that it is the one that these settings ask for. */
export async function adoptOne(reference: Reference, adoption: Adoption): Promise<Result> {
  let unanswered = 0;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) await adoption.wait(attempt);
    try {
      const result = await tryOnce(reference, adoption);
      if ("outcome" in result) return result;
      unanswered++;
      if (unanswered === answerAttempts) throw notAnswered(reference, result.answer);
      await adoption.renew();
    } catch (error) {
      const result = settled(error);
      if (result !== undefined) return result;
    }
  }
  return { outcome: "conflict" };
}

/** The end that an error is; undefined where another attempt may do better. */
function settled(error: unknown): Result | undefined {
  if (!(error instanceof LiveFailure) || error.code === undefined) throw error;
  if (error.code === 409) return undefined;
  if (error.reason === "missing") return { outcome: "gone" };
  if (error.reason === "unauthorized") throw error;
  return { outcome: "failed", reason: error.message };
}

type Attempt = Result | { readonly answer: Exclude<Answer, "right"> };

async function tryOnce(reference: Reference, adoption: Adoption): Promise<Attempt> {
  const { calls } = adoption;
  const raw = await calls.get(reference);
  const context = adoption.context(raw);
  const plan = planFor(raw, reference.namespace, context);
  if (plan.kind === "right") return { outcome: "right" };
  if (plan.kind === "rejected") return { outcome: "rejected", reports: plan.reports };
  if (plan.restartsPods && !adoption.restartPods) return { outcome: "restarts" };
  const version = identityOf(raw)?.resourceVersion ?? "";
  // Tried first, so that a webhook of other settings does not get to write anything.
  for (const dryRun of [true, false]) {
    const stored = await calls.touch(reference, version, { dryRun });
    const answer = answerIn(stored, plan, (object) => patchOf(object, reference.namespace, context));
    if (answer !== "right") return { answer };
  }
  return { outcome: "adopted" };
}

/** What the webhook made of the object: what is still to be done to it tells. */
function answerIn(stored: unknown, { patch }: ToDo, patchFor: (object: unknown) => ToDo["patch"]): Answer {
  const remaining = patchFor(stored);
  if (remaining.length === 0) return "right";
  return isDeepStrictEqual(remaining, patch) ? "missing" : "other";
}

function notAnswered({ namespace, name }: Reference, answer: Exclude<Answer, "right">): NotAnswered {
  return new NotAnswered(
    answer === "missing"
      ? `no webhook answered for ${namespace}/${name}, its text is as it was: is a mutating webhook registered and reachable, and does it select this namespace?`
      : `the webhook would give ${namespace}/${name} another text than these settings ask for: use the settings and the version that it serves with`,
    answer,
  );
}
