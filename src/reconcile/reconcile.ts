import { setImmediate as nextTurn } from "node:timers/promises";
import type { Reference } from "../cluster/deployment-calls.ts";
import { ViewUnavailable } from "../cluster/guarded.ts";
import { type Backoff, delayOf, pause, systemClock } from "../cluster/live-clock.ts";
import type { Change } from "../cluster/live-store.ts";
import { affectedBy } from "./affected.ts";
import { type AttemptOptions, attempt, type Ended, Interrupted, type Outcome } from "./attempt.ts";
import { Attempts, type Next } from "./attempts.ts";
import { outdated } from "./outdated.ts";
import { Queue } from "./queue.ts";

export interface ReconcileObserver {
  /** An attempt came to its end. */
  ended(reference: Reference, ended: Ended, next: Next): void;
  /** One that others keep undoing is left alone. */
  undone(reference: Reference): void;
  /** Nothing can be tried now; said once until something was tried again. */
  interrupted(reason: string): void;
  /** A bug. The webhook goes on. */
  failed(error: unknown): void;
}

export interface ReconcileOptions extends Omit<AttemptOptions, "clock"> {
  /** The cluster that the context's view is of. */
  readonly cluster: { tell(listener: (change: Change) => void): void };
  /** Least time from the beginning of one attempt to that of the next. */
  readonly intervalMs: number;
  readonly observer: ReconcileObserver;
  /** Replicas wait up to so long, each by chance, so that mostly one finds what another has done. */
  readonly spreadMs?: number;
  readonly backoff?: Backoff;
  readonly clock?: AttemptOptions["clock"];
}

export interface Reconciliation {
  readonly queueLength: number;
  /** Attempts by outcome. */
  readonly results: ReadonlyMap<Outcome, number>;
  /** Deployments that were left alone until they or their target change. */
  readonly givenUp: number;
  /** Calls off what is under way; resolves when it has ended. */
  stop(): Promise<void>;
}

const defaultSpreadMs = 2000;
const defaultBackoff: Backoff = { baseMs: 2000, mostMs: 300_000 };

/** Calls wait no longer than this, give or take one deployment. */
const sliceMs = 5;

/** From now on rewrites, in the background, the texts that a change of another deployment left out of date. */
export function reconcile(options: ReconcileOptions): Reconciliation {
  const reconciler = new Reconciler(options);
  const { context } = options;
  options.cluster.tell((change) => {
    // Those of the moment: a policy may have brought others.
    const { settings, cluster } = context;
    for (const affected of affectedBy(change, settings, cluster)) reconciler.add(affected, affected.isItself);
  });
  return reconciler;
}

class Reconciler implements Reconciliation {
  readonly results = new Map<Outcome, number>();
  givenUp = 0;
  readonly #options: Required<ReconcileOptions>;
  readonly #queue: Queue;
  readonly #attempts = new Attempts();
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  #interruptions = 0;
  #nextAt = 0;

  constructor(options: ReconcileOptions) {
    const defaults = { spreadMs: defaultSpreadMs, backoff: defaultBackoff, clock: systemClock };
    this.#options = { ...defaults, ...options };
    this.#queue = new Queue(this.#options.clock);
    this.#ended = this.#run(this.#stopping.signal);
  }

  get queueLength(): number {
    return this.#queue.length;
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    return this.#ended;
  }

  add(reference: Reference, isItself: boolean): void {
    const { clock, spreadMs } = this.#options;
    // A text that was rewritten is a change of the deployment itself, and must not count as a new beginning.
    if (!isItself) this.#attempts.forget(reference);
    this.#queue.add(reference, clock.random() * spreadMs);
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      await this.#queue.ready(signal);
      let sliceBegan = clock.now();
      for (const reference of this.#queue.due()) {
        if (clock.now() - sliceBegan >= sliceMs) {
          await nextTurn();
          sliceBegan = clock.now();
        }
        if (signal.aborted) return;
        await this.#consider(reference, signal);
      }
    }
  }

  /** No error ends it: what could not be done now is queued again. */
  async #consider(reference: Reference, signal: AbortSignal): Promise<void> {
    this.#queue.remove(reference);
    try {
      if (this.#isToBeTried(reference)) await this.#try(reference, signal);
      this.#interruptions = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Interrupted || error instanceof ViewUnavailable)
        await this.#interrupted(reference, error.message, signal);
      else {
        this.#options.observer.failed(error);
        this.#end(reference, { outcome: "failed", reason: "a bug of the webhook" });
      }
    }
  }

  #isToBeTried(reference: Reference): boolean {
    const { context, observer } = this.#options;
    const present = context.cluster.find(reference.namespace, reference.name);
    if (present === undefined) {
      this.#attempts.forget(reference);
      return false;
    }
    const wanted = outdated(present, context);
    if (wanted === undefined) return false;
    const next = this.#attempts.begin(reference, wanted);
    if (next === "given up") {
      this.givenUp++;
      observer.undone(reference);
    }
    return next === "again";
  }

  async #try(reference: Reference, signal: AbortSignal): Promise<void> {
    const { clock, intervalMs } = this.#options;
    await pause(Math.max(0, this.#nextAt - clock.now()), signal, clock);
    if (signal.aborted) return;
    this.#nextAt = clock.now() + intervalMs;
    this.#end(reference, await attempt(reference, this.#options, signal));
  }

  #end(reference: Reference, ended: Ended): void {
    const { observer, backoff, clock } = this.#options;
    const { outcome } = ended;
    this.results.set(outcome, (this.results.get(outcome) ?? 0) + 1);
    const { next, attempts } = this.#attempts.end(reference, outcome);
    if (next === "given up") this.givenUp++;
    if (next === "again") this.#queue.add(reference, delayOf(backoff, attempts - 1, clock.random()));
    observer.ended(reference, ended, next);
  }

  /** Nothing else is tried meanwhile: it would come to the same. */
  async #interrupted(reference: Reference, reason: string, signal: AbortSignal): Promise<void> {
    const { observer, backoff, clock } = this.#options;
    if (this.#interruptions === 0) observer.interrupted(reason);
    const delayMs = delayOf(backoff, this.#interruptions++, clock.random());
    this.#queue.add(reference, delayMs);
    await pause(delayMs, signal, clock);
  }
}
