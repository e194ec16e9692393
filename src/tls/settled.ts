import type { Clock } from "../cluster/live-clock.ts";

/** Whether something has been true of the same subject for a while. */
export class Settled {
  readonly #clock: Clock;
  readonly #ms: number;
  #since: { readonly subject: object; readonly at: number } | undefined;

  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#ms = ms;
  }

  /** To be told again and again. */
  is(subject: object, isSo: boolean): boolean {
    if (!isSo) this.#since = undefined;
    else if (this.#since?.subject !== subject) this.#since = { subject, at: this.#clock.now() };
    return this.#since !== undefined && this.#clock.now() - this.#since.at >= this.#ms;
  }
}
