import type { Clock } from "./live-clock.ts";
import { type RestartReason, restartReasons } from "./live-cluster.ts";
import type { LiveFailure } from "./live-failure.ts";

/** The two ways in which the API server is read. */
export type Activity = "list" | "watch";

/** Told when the state of the view changes, and only then. */
export interface LiveObserver {
  synced(size: number): void;
  /** It failed, or fails for another reason than before. */
  failing(activity: Activity, failure: LiveFailure): void;
  recovered(activity: Activity): void;
  stale(problem: string): void;
}

/** How the following of a cluster is going. */
export class LiveState {
  readonly restarts = new Map<RestartReason, number>(restartReasons.map((reason) => [reason, 0]));
  readonly #clock: Clock;
  readonly #staleMs: number;
  readonly #observer: LiveObserver;
  readonly #kind: string;
  #signOfLife: number;
  #synced = false;
  #isStale = false;
  readonly #failing = new Map<Activity, LiveFailure>();

  constructor(clock: Clock, staleMs: number, observer: LiveObserver, kind = "SeldonDeployments") {
    this.#clock = clock;
    this.#staleMs = staleMs;
    this.#observer = observer;
    this.#kind = kind;
    this.#signOfLife = clock.now();
  }

  get synced(): boolean {
    return this.#synced;
  }

  ageMs(now = this.#clock.now()): number {
    return now - this.#signOfLife;
  }

  problem(): string | undefined {
    const [failure] = this.#failing.values();
    const why = failure === undefined ? "" : `: ${failure.message}`;
    if (!this.#synced) return `the ${this.#kind} have not been read yet${why}`;
    if (this.ageMs() <= this.#staleMs) return undefined;
    const [age, bound] = [this.ageMs(), this.#staleMs].map((ms) => Math.floor(ms / 1000));
    return `the API server was last heard of ${age} s ago, which is more than ${bound} s${why}`;
  }

  /** The API server said something. */
  alive(activity: Activity): void {
    this.#signOfLife = this.#clock.now();
    this.#isStale = false;
    if (this.#failing.delete(activity)) this.#observer.recovered(activity);
  }

  /** A list is complete. */
  listed(size: number): void {
    this.alive("list");
    if (this.#synced) return;
    this.#synced = true;
    this.#observer.synced(size);
  }

  restarted(activity: Activity, failure: LiveFailure): void {
    const { reason } = failure;
    this.restarts.set(reason, (this.restarts.get(reason) ?? 0) + 1);
    // An end after some minutes and a version that is too old are a watch's ordinary life.
    if (reason === "ended" || reason === "expired") return;
    if (this.#failing.get(activity)?.reason !== reason) this.#observer.failing(activity, failure);
    this.#failing.set(activity, failure);
  }

  /** To be called from time to time: nobody else notices that nothing happens. */
  check(): void {
    const problem = this.#synced && !this.#isStale ? this.problem() : undefined;
    if (problem === undefined) return;
    this.#isStale = true;
    this.#observer.stale(problem);
  }
}
