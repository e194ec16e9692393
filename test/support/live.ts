import type { TestContext } from "node:test";
import { LiveView } from "../../src/cluster/live.ts";
import type { DeploymentApi, Page, PageEnd, WatchEvent } from "../../src/cluster/live-api.ts";
import type { Clock } from "../../src/cluster/live-clock.ts";
import { LiveFailure } from "../../src/cluster/live-failure.ts";
import type { LiveObserver } from "../../src/cluster/live-state.ts";
import { deploymentOf, type Json } from "./deployment.ts";

/** A clock that stands still until it is told to go on. Chance always says the same. */
export interface HandClock extends Clock {
  /** The pauses that are being waited for, in milliseconds from now. */
  readonly waits: readonly number[];
  /** Goes on, and lets everything happen that follows from it. */
  pass(ms: number): Promise<void>;
}

/** Lets all that can happen without the clock happen. */
export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

export function handClock(random = 0.5): HandClock {
  let now = 0;
  const calls = new Map<() => void, number>();
  return {
    now: () => now,
    random: () => random,
    after(ms, call) {
      const entry = () => call();
      calls.set(entry, now + ms);
      return () => calls.delete(entry);
    },
    get waits() {
      return [...calls.values()].map((at) => at - now).toSorted((a, b) => a - b);
    },
    async pass(ms) {
      await settle();
      const end = now + ms;
      for (;;) {
        const [next] = [...calls].filter(([, at]) => at <= end).toSorted(([, a], [, b]) => a - b);
        if (next === undefined) break;
        now = next[1];
        calls.delete(next[0]);
        next[0]();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}

/** A raw deployment in one state. */
export function at(resourceVersion: string, name: string, fields: Json = {}): Json {
  const raw = deploymentOf({ ...fields, name });
  raw.metadata.resourceVersion = resourceVersion;
  return raw;
}

type Answer = Page | Error;
type Happening = WatchEvent | Error | "end";

/** An API whose answers the test gives, one after the other. */
export class ScriptedApi implements DeploymentApi {
  /** What was asked: `list`, `list next`, `watch 7`, `get iris`. */
  readonly asked: string[] = [];
  readonly #pages: Answer[] = [];
  #watcher: ((happening: Happening) => void) | undefined;
  readonly #happenings: Happening[] = [];
  readonly deployments = new Map<string, Json | Error>();
  open = 0;

  answer(...pages: Answer[]): this {
    this.#pages.push(...pages);
    return this;
  }

  /** Lets a watch, the present or the next one, see something. */
  async happen(...happenings: Happening[]): Promise<void> {
    this.#happenings.push(...happenings);
    this.#watcher?.("end");
    await settle();
  }

  async page(from: string | undefined, see: (raw: unknown) => void, signal: AbortSignal): Promise<PageEnd> {
    this.asked.push(from === undefined ? "list" : `list ${from}`);
    const answer = this.#pages.shift();
    if (answer === undefined)
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    if (answer instanceof Error) throw answer;
    for (const raw of answer.items) see(raw);
    return answer;
  }

  async *watch(resourceVersion: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    this.asked.push(`watch ${resourceVersion}`);
    this.open++;
    try {
      for (;;) {
        const happening = this.#happenings.shift();
        if (happening === "end") return;
        if (happening instanceof Error) throw happening;
        if (happening !== undefined) yield happening;
        else await this.#wake(signal);
        signal.throwIfAborted();
      }
    } finally {
      this.open--;
    }
  }

  #wake(signal: AbortSignal): Promise<unknown> {
    return new Promise((resolve) => {
      this.#watcher = resolve;
      signal.addEventListener("abort", resolve);
    });
  }

  async get(_namespace: string, name: string, _signal: AbortSignal): Promise<unknown> {
    this.asked.push(`get ${name}`);
    const found = this.deployments.get(name) ?? new LiveFailure("missing", "not found");
    if (found instanceof Error) throw found;
    return found;
  }
}

export const page = (resourceVersion: string, items: readonly Json[], next?: string): Page => ({
  items,
  resourceVersion,
  next,
});

export const event = (type: WatchEvent["type"], object: Json): WatchEvent => ({ type, object });

export const bookmark = (resourceVersion: string): WatchEvent =>
  event("BOOKMARK", { metadata: { resourceVersion } });

/** A view with a written record of what its observer was told. */
export interface Followed {
  readonly live: LiveView;
  readonly clock: HandClock;
  readonly told: string[];
}

/** Follows a scripted API by a clock of the test's own; bound 300 s, relist 600 s, back-off 1 s to 30 s. */
export function followed(t: TestContext, api: DeploymentApi, clock = handClock()): Followed {
  const told: string[] = [];
  const observer: LiveObserver = {
    synced: (size) => told.push(`synced ${size}`),
    failing: (activity, { reason }) => told.push(`${activity} failing: ${reason}`),
    recovered: (activity) => told.push(`${activity} recovered`),
    stale: () => told.push("stale"),
  };
  const backoff = { baseMs: 1000, mostMs: 30_000 };
  const live = new LiveView(api, { staleMs: 300_000, relistMs: 600_000, observer, backoff, clock });
  t.after(() => live.stop());
  return { live, clock, told };
}
