import { type Clock, defaultBackoff, delayOf } from "../cluster/live-clock.ts";
import { asFailure } from "../cluster/live-failure.ts";
import { type Renewable, type RenewalObserver, RenewalTally } from "./source.ts";

/** What is to be renewed, and why. */
export interface Task {
  readonly of: Renewable;
  readonly reason: string;
  /** The reason in words. */
  readonly detail: string;
  /** The configuration, for a caBundle. */
  readonly where?: string;
}

interface Failing {
  readonly problem: string;
  readonly count: number;
  /** By the steady clock. */
  readonly retryAt: number;
}

/** Between two writes: where somebody else undoes what was written, the API server is not flooded. */
const restMs = 900;

/** Tries to renew, not too often while that fails, and keeps account of it. */
export class Attempts {
  readonly tally = new RenewalTally();
  readonly #clock: Clock;
  readonly #observe: RenewalObserver;
  #stopped = false;
  readonly #unread = new Map<string, string>();
  readonly #madeAt = new Map<string, number>();
  readonly #failing = new Map<string, Failing>();

  constructor(clock: Clock, observe: RenewalObserver) {
    this.#clock = clock;
    this.#observe = observe;
  }

  /** What fails at present, in words. */
  get problems(): readonly string[] {
    return [...this.#failing.values()].map(({ problem }) => problem);
  }

  /** Does the work unless it was tried a moment ago. Never rejects. */
  async make({ of, reason, detail, where }: Task, work: () => Promise<"renewed" | "lost">): Promise<void> {
    const key = where ?? of;
    const earlier = this.#failing.get(key);
    const rested = (this.#madeAt.get(key) ?? Number.NEGATIVE_INFINITY) + restMs;
    if (this.#clock.now() < (earlier?.retryAt ?? rested)) return;
    const place = where === undefined ? {} : { where };
    try {
      const outcome = await work();
      this.#failing.delete(key);
      this.#madeAt.set(key, this.#clock.now());
      this.#tell({ of, reason, outcome, detail, ...place });
    } catch (error) {
      const failure = asFailure(error);
      const count = (earlier?.count ?? 0) + 1;
      const delay = Math.max(delayOf(defaultBackoff, count, this.#clock.random()), failure.retryAfterMs);
      const problem = `${where ?? `the ${of}`} cannot be renewed (${detail}): ${failure.message}`;
      this.#failing.set(key, { problem, count, retryAt: this.#clock.now() + delay });
      this.#tell({ of, reason, outcome: "failed", detail: failure.message, ...place });
    }
  }

  /** Why something cannot be read at present; told of when that has changed. No attempt, and not counted as one. */
  unread(of: Renewable, problem: string | undefined, where?: string): void {
    const key = where ?? of;
    if (this.#stopped || this.#unread.get(key) === problem) return;
    if (problem === undefined) this.#unread.delete(key);
    else {
      this.#unread.set(key, problem);
      const place = where === undefined ? {} : { where };
      this.#observe({
        of,
        reason: "unread",
        outcome: "failed",
        detail: `it cannot be read: ${problem}`,
        ...place,
      });
    }
  }

  /** It is as it should be, whoever saw to that. */
  settled(of: Renewable, where?: string): void {
    this.#failing.delete(where ?? of);
  }

  /** What is cut short from now on has not failed. */
  stop(): void {
    this.#stopped = true;
  }

  #tell(renewal: Parameters<RenewalObserver>[0]): void {
    if (this.#stopped) return;
    this.tally.add(renewal);
    this.#observe(renewal);
  }
}
