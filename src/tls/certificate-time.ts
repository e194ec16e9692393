import type { Clock } from "../cluster/live-clock.ts";

/** More than this between the wall clock and the steady one is no drift: it was set, or the machine slept. */
const jumpMs = 5000;

/** Ours is used while it does not differ by more than this. */
const skewMs = 60_000;

/**
 * The time by which certificates are judged. It is the API server's, which is who verifies them: a machine whose clock
 * is wrong must not replace the CA that all replicas share.
 */
export class CertificateTime {
  readonly #wall: () => number;
  readonly #clock: Clock;
  readonly #aheadMs: () => number;
  #seen: { readonly wall: number; readonly steady: number } | undefined;

  /** `aheadMs`: how far the API server's clock was ahead of `wall` when it was last heard of. */
  constructor(wall: () => number, clock: Clock, aheadMs: () => number) {
    this.#wall = wall;
    this.#clock = clock;
    this.#aheadMs = aheadMs;
  }

  /** Milliseconds since 1970. */
  now(): number {
    const aheadMs = this.#aheadMs();
    return this.#wall() + (Math.abs(aheadMs) > skewMs ? aheadMs : 0);
  }

  /** Whether the wall clock has jumped since the last call: the API server should be heard of first. */
  hasJumped(): boolean {
    const seen = { wall: this.#wall(), steady: this.#clock.now() };
    const { wall, steady } = this.#seen ?? seen;
    this.#seen = seen;
    return Math.abs(seen.wall - wall - (seen.steady - steady)) > jumpMs;
  }
}
