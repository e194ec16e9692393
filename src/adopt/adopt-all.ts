import type { EngineContext } from "../admission/engine.ts";
import type { Census } from "../cluster/census.ts";
import type { Reference, Selection } from "../cluster/deployment-calls.ts";
import { type Clock, pause } from "../cluster/live-clock.ts";
import { identityOf } from "../cluster/projection.ts";
import { type Adoption, adoptOne, type Result } from "./adopt-one.ts";
import { type Plan, planFor } from "./plan.ts";

/** A deployment that was looked at, as it is stored. */
export interface Sighting extends Reference {
  readonly raw: unknown;
  readonly plan: Plan;
}

/** Looks at every selected deployment of a census; `see` is told of each one that must not stay as it is. */
export async function survey(
  census: Census,
  engine: Pick<EngineContext, "settings" | "policy">,
  wanted: { readonly selection: Selection; readonly signal: AbortSignal },
  see: (sighting: Sighting) => void,
): Promise<{ readonly right: number }> {
  const context: EngineContext = { ...engine, cluster: census.store.view };
  let right = 0;
  for await (const { items } of census.pages(wanted.selection, wanted.signal)) {
    for (const raw of items) {
      const identity = identityOf(raw);
      if (identity === undefined) continue;
      const { namespace, name } = identity;
      const plan = planFor(raw, namespace, context);
      if (plan.kind === "right") right++;
      else see({ namespace, name, raw, plan });
    }
  }
  return { right };
}

/** How fast, and until when. */
export interface Pace {
  readonly clock: Clock;
  /** Least time from the beginning of one to that of the next. */
  readonly intervalMs: number;
  /** What is under way is finished; nothing else is begun. */
  readonly stopping: AbortSignal;
}

/** Adopts one after the other. */
export async function adoptAll(
  references: readonly Reference[],
  adoption: Adoption,
  { clock, intervalMs, stopping }: Pace,
  told: (reference: Reference, result: Result) => void,
): Promise<void> {
  let next = clock.now();
  for (const reference of references) {
    await pause(Math.max(0, next - clock.now()), stopping, clock);
    if (stopping.aborted) return;
    next = clock.now() + intervalMs;
    told(reference, await adoptOne(reference, adoption));
  }
}
