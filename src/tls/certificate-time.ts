import type { Clock } from "../cluster/live-clock.ts";

/** More than this between the wall clock and the steady one is no drift: it was set, or the machine slept. */
const jumpMs = 5000;

/** Ours is used while it does not differ by more than this. */
const skewMs = 60_000;

interface Moment {
  /** What `now` was. */
  readonly time: number;
  readonly wall: number;
  readonly steady: number;
}

/**
 * The time by which certificates are judged. It is the API server's, which is who verifies them: a machine whose clock
 * is wrong must not replace the CA that all replicas share. From a jump of the wall clock until the API server has been
 * heard of, time goes on by the steady clock, as if there had been none.
 */
export class CertificateTime {
  readonly #wall: () => number;
  readonly #clock: Clock;
  readonly #aheadMs: () => number;
  #known: Moment;

  /** `aheadMs`: how far the API server's clock was ahead of `wall` when it was last heard of. */
  constructor(wall: () => number, clock: Clock, aheadMs: () => number) {
    this.#wall = wall;
    this.#clock = clock;
    this.#aheadMs = aheadMs;
    this.#known = this.#moment();
  }

  /** Milliseconds since 1970. */
  now(): number {
    const moment = this.#moment();
    const { time, steady } = this.#known;
    return this.#isJump(moment) ? time + moment.steady - steady : moment.time;
  }

  /** Whether the wall clock has jumped: the API server should be heard of, and `settle` called then. */
  hasJumped(): boolean {
    return this.#isJump(this.#moment());
  }

  /** Takes the wall clock for what it is now. */
  settle(): void {
    this.#known = this.#moment();
  }

  #isJump({ wall, steady }: Moment): boolean {
    return Math.abs(wall - this.#known.wall - (steady - this.#known.steady)) > jumpMs;
  }

  #moment(): Moment {
    const [wall, steady, aheadMs] = [this.#wall(), this.#clock.now(), this.#aheadMs()];
    return { time: wall + (Math.abs(aheadMs) > skewMs ? aheadMs : 0), wall, steady };
  }
}
