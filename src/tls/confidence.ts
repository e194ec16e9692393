import type { Clock } from "../cluster/live-clock.ts";
import type { Authority, Leaf } from "./authority.ts";
import type { ConfigurationBundle } from "./configuration-bundle.ts";
import { Lasting } from "./lasting.ts";
import { bundleProblem } from "./self-managed-checks.ts";
import { Settled } from "./settled.ts";

/** A CA is signed with when every API server has had time to learn that it is trusted, at most so long. */
const settleMs = 10_000;

/** A caBundle that was wiped and is not back by then will not be back soon: others undo it, or it cannot be written. */
const distrustMs = 10_000;

/** Whom the API server has trusted for long enough, and whom it has not trusted for too long. */
export class Confidence {
  readonly #bundles: readonly ConfigurationBundle[];
  readonly #trusted: Settled;
  readonly #distrusted: Lasting;

  constructor(bundles: readonly ConfigurationBundle[], clock: Clock, leafMs: number) {
    this.#bundles = bundles;
    this.#trusted = new Settled(clock, Math.min(settleMs, leafMs / 10));
    this.#distrusted = new Lasting(clock, distrustMs);
  }

  /** Whether leaves may be signed with this CA. To be asked again and again. */
  in(ca: Authority): boolean {
    const isTrusted = this.#bundles.every((bundle) => bundle.isKnown && bundle.trusts(ca.cert));
    return this.#trusted.is(ca, isTrusted);
  }

  /** Why what is served should not be called. To be asked again and again. */
  lost(leaf: Leaf | undefined): string | undefined {
    if (leaf === undefined) return undefined;
    return this.#distrusted.of(bundleProblem({ leaf, bundles: this.#bundles }));
  }
}
