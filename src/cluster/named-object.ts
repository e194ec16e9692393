import { text } from "node:stream/consumers";
import { isMap } from "../mapping/custom.ts";
import { eventOf, pageOf } from "./live-api.ts";
import type { ApiClient } from "./live-client.ts";
import { type Clock, defaultBackoff, delayOf, pause } from "./live-clock.ts";
import { asFailure, LiveFailure } from "./live-failure.ts";
import { linesOf } from "./live-lines.ts";

/** A collection of the API, such as `/api/v1/namespaces/default/secrets`, and a name in it. */
export interface Place {
  readonly collection: string;
  readonly name: string;
}

export interface NamedOptions {
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  /** Called when the object, or the failure to read it, has changed. */
  readonly onChange: () => void;
}

/** An object of the API as it is stored. */
export type Stored = Readonly<Record<string, unknown>>;

/** A watch ends after so long and the object is listed anew: what a watch has missed is not missed for longer. */
const watchSeconds = 60;
/** Beyond that time the connection is dead. */
const idleMs = (watchSeconds + 15) * 1000;
const listMs = 30_000;
/** Between the end of a watch and the next list; a server that ends each at once is not hammered. */
const breathMs = 200;

/**
 * Follows one object by list and watch, which RBAC can grant for its name alone. Nothing ends it but `stop`: each
 * failure is waited out.
 */
export class NamedObject {
  /** Undefined until it has been read; null when there is none. */
  value: Stored | null | undefined;
  /** Why it cannot be read now; what is known of it may be old. */
  failure: LiveFailure | undefined;
  /** How far the API server's clock was ahead of ours, in milliseconds, when it last answered a list. */
  aheadMs = 0;
  readonly #client: ApiClient;
  readonly #place: Place;
  readonly #options: NamedOptions;
  readonly #ended: Promise<void>;
  #round = new AbortController();
  #stopped = false;
  #waiting: (() => void)[] = [];

  constructor(client: ApiClient, place: Place, options: NamedOptions) {
    this.#client = client;
    this.#place = place;
    this.#options = options;
    this.#ended = this.#run();
  }

  /** Reads it now; resolves when that was done or has failed. */
  refresh(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    const done = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#round.abort();
    return done;
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#round.abort();
    return this.#ended;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      this.#round = new AbortController();
      const { signal } = this.#round;
      try {
        const version = await this.#list(signal);
        failures = 0;
        await this.#watch(version, signal);
        await pause(breathMs, signal, this.#options.clock);
      } catch (error) {
        if (signal.aborted) continue;
        await this.#failed(asFailure(error), failures++, signal);
      }
    }
    this.#settle();
  }

  async #failed(failure: LiveFailure, failures: number, signal: AbortSignal): Promise<void> {
    const { clock, onChange } = this.#options;
    this.failure = failure;
    this.#settle();
    onChange();
    const delay = delayOf(defaultBackoff, failures, clock.random());
    await pause(Math.max(delay, failure.retryAfterMs, breathMs), signal, clock);
  }

  #settle(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #list(signal: AbortSignal): Promise<string> {
    const waiting = this.#waiting.length;
    const limit = AbortSignal.timeout(listMs);
    const call = { signal: AbortSignal.any([signal, limit]) };
    const response = await this.#client.open(this.#path({}), call);
    const aheadMs = Date.parse(response.headers.date ?? "") - this.#options.wall();
    const { items, resourceVersion } = pageOf(JSON.parse(await text(response)));
    if (!Number.isNaN(aheadMs)) this.aheadMs = aheadMs;
    this.failure = undefined;
    this.#put(isMap(items[0]) ? items[0] : null);
    // Whoever began to wait while this was under way waits for the next one.
    for (const resolve of this.#waiting.splice(0, waiting)) resolve();
    return resourceVersion;
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const query = { watch: "true", resourceVersion, timeoutSeconds: String(watchSeconds) };
    const stream = await this.#client.open(this.#path(query), { signal });
    try {
      for await (const line of linesOf(stream, { clock, idleMs })) {
        const { type, object } = eventOf(line);
        if (type === "DELETED") this.#put(null);
        else if (type !== "BOOKMARK" && isMap(object)) this.#put(object);
      }
    } catch (error) {
      // Too old a version is answered by the next list, which follows at once.
      if (!(error instanceof LiveFailure && error.reason === "expired")) throw error;
    }
  }

  #put(value: Stored | null): void {
    this.value = value;
    this.#options.onChange();
  }

  #path(query: Readonly<Record<string, string>>): string {
    const { collection, name } = this.#place;
    return `${collection}?${new URLSearchParams({ fieldSelector: `metadata.name=${name}`, ...query })}`;
  }
}
