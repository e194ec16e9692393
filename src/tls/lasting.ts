import type { Clock } from "../cluster/live-clock.ts";

/** Tells what passes from what stays. */
export class Lasting {
  readonly #clock: Clock;
  readonly #ms: number;
  #was: "unknown" | "good" | { readonly badSince: number } = "unknown";

  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#ms = ms;
  }

  /** The problem, once it has lasted; at once where all was never well. To be told again and again. */
  of(problem: string | undefined): string | undefined {
    if (problem === undefined) this.#was = "good";
    else if (this.#was === "good") this.#was = { badSince: this.#clock.now() };
    if (typeof this.#was === "string") return problem;
    return this.#clock.now() - this.#was.badSince < this.#ms ? undefined : problem;
  }
}
