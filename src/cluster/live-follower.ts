import type { ObjectApi, WatchEvent } from "./live-api.ts";
import { type Backoff, type Clock, defaultBackoff, delayOf, pause, systemClock } from "./live-clock.ts";
import { asFailure, LiveFailure } from "./live-failure.ts";
import { type Activity, type LiveObserver, LiveState } from "./live-state.ts";

export interface LiveOptions {
  /** Beyond this age nothing is concluded from the view. */
  readonly staleMs: number;
  /** Time between two full lists, more or less a tenth: what a watch missed does not stay wrong for longer. */
  readonly relistMs: number;
  readonly observer: LiveObserver;
  readonly backoff?: Backoff;
  readonly clock?: Clock;
}

/** Says by the function that it got somewhere, so that a later failure counts as the first. */
type Attempt<T> = (fruitful: () => void) => Promise<T>;

const checkMs = 5000;

/** What keeps the followed objects. A `Change` is what it tells of what became of one. */
export interface FollowedStore<Change> {
  readonly size: number;
  put(raw: unknown): Change | undefined;
  remove(raw: unknown): Change | undefined;
  /** Begins a full list. Nothing changes before its `apply`. */
  sweep(): { see(raw: unknown): void; apply(): readonly Change[] };
}

/**
 * Follows all objects of one kind: a full list, then a watch from its version on. The watch goes on
 * during the next list and is begun anew at its version, so the view is never behind for the time of a list. No
 * error ends it; each is waited out.
 */
export class LiveFollower<Change> {
  readonly #api: ObjectApi;
  readonly #options: Required<LiveOptions>;
  readonly #store: FollowedStore<Change>;
  readonly #state: LiveState;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  #onSync: () => void = () => {};
  #onChange: (change: Change) => void = () => {};
  /** Resolves with the first complete list, or when the view is stopped before. */
  readonly whenSynced = new Promise<void>((resolve) => {
    this.#onSync = resolve;
  });

  /** `kind`: what is followed, in the plural, for messages. */
  constructor(kind: string, api: ObjectApi, store: FollowedStore<Change>, options: LiveOptions) {
    this.#api = api;
    this.#store = store;
    this.#options = { backoff: defaultBackoff, clock: systemClock, ...options };
    const { clock, staleMs, observer } = this.#options;
    this.#state = new LiveState(clock, staleMs, observer, kind);
    this.#ended = this.#run(this.#stopping.signal);
  }

  /** Has somebody told of every object that comes, changes or goes, when the view shows it; the last one counts. */
  tell(listener: (change: Change) => void): void {
    this.#onChange = listener;
  }

  get synced(): boolean {
    return this.#state.synced;
  }

  get size(): number {
    return this.#store.size;
  }

  get restarts(): LiveState["restarts"] {
    return this.#state.restarts;
  }

  ageMs(now?: number): number {
    return this.#state.ageMs(now);
  }

  problem(): string | undefined {
    return this.#state.problem();
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    return this.#ended;
  }

  async #run(stopping: AbortSignal): Promise<void> {
    const stopChecks = this.#everyCheck();
    let version = await this.#insist("list", stopping, () => this.#list(stopping));
    while (version !== undefined) version = await this.#round(version, stopping);
    stopChecks();
    this.#onSync();
  }

  /** From one list to the next; the version of the next, or undefined at the end. */
  async #round(version: string, stopping: AbortSignal): Promise<string | undefined> {
    const round = new AbortController();
    const signal = AbortSignal.any([stopping, round.signal]);
    let listing: Promise<string | undefined> | undefined;
    const list = (): Promise<string | undefined> => {
      listing ??= this.#insist("list", signal, () => this.#list(signal));
      return listing;
    };
    const { clock, relistMs } = this.#options;
    const relisted = pause(relistMs * (0.9 + 0.2 * clock.random()), signal, clock).then(list);
    // A watch ends for good only when its version is too old to go on from.
    const rewatched = this.#watch(version, signal).then(list);
    const next = await Promise.race([relisted, rewatched]);
    round.abort();
    await Promise.all([relisted, rewatched]);
    return next;
  }

  /** Tries until it is done, waiting longer each time that nothing came of it; undefined when it was called off. */
  async #insist<T>(activity: Activity, signal: AbortSignal, attempt: Attempt<T>): Promise<T | undefined> {
    const { backoff, clock } = this.#options;
    let failures = 0;
    const fruitful = (): void => {
      failures = 0;
    };
    while (!signal.aborted) {
      try {
        return await attempt(fruitful);
      } catch (error) {
        if (signal.aborted) break;
        const failure = asFailure(error);
        this.#state.restarted(activity, failure);
        const delay = delayOf(backoff, failures++, clock.random());
        await pause(Math.max(delay, failure.retryAfterMs), signal, clock);
      }
    }
    return undefined;
  }

  async #list(signal: AbortSignal): Promise<string> {
    const sweep = this.#store.sweep();
    const see = (raw: unknown): void => sweep.see(raw);
    let page = await this.#api.page(undefined, see, signal);
    while (page.next !== undefined) page = await this.#api.page(page.next, see, signal);
    signal.throwIfAborted();
    const changes = sweep.apply();
    this.#state.listed(this.#store.size);
    this.#onSync();
    for (const change of changes) this.#onChange(change);
    return page.resourceVersion;
  }

  /** Watches on and on; resolves when only a new list can help, or when it was called off. */
  async #watch(from: string, signal: AbortSignal): Promise<void> {
    let version = from;
    const once = async (fruitful: () => void): Promise<true> => {
      try {
        for await (const event of this.#api.watch(version, signal)) {
          if (signal.aborted) return true;
          version = this.#take(event) ?? version;
          fruitful();
        }
      } catch (error) {
        if (!(error instanceof LiveFailure && error.reason === "expired")) throw error;
        this.#state.restarted("watch", error);
        return true;
      }
      throw new LiveFailure("ended", "the API server ended the watch");
    };
    await this.#insist("watch", signal, once);
  }

  /** The version that the event brings the view to. */
  #take({ type, object }: WatchEvent): string | undefined {
    const change =
      type === "BOOKMARK" ? undefined : this.#store[type === "DELETED" ? "remove" : "put"](object);
    this.#state.alive("watch");
    if (change !== undefined) this.#onChange(change);
    const { metadata } = object as { metadata?: { resourceVersion?: unknown } };
    return typeof metadata?.resourceVersion === "string" ? metadata.resourceVersion : undefined;
  }

  #everyCheck(): () => void {
    const { clock } = this.#options;
    let cancel = (): void => {};
    const check = (): void => {
      this.#state.check();
      cancel = clock.after(checkMs, check);
    };
    check();
    return () => cancel();
  }
}
