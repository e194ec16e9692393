import { group, plural } from "../seldon/api.ts";
import { type Page, pageOf, pageSize, servedVersion } from "./live-api.ts";
import type { ApiClient } from "./live-client.ts";
import { type Clock, pause, systemClock } from "./live-clock.ts";
import { LiveFailure } from "./live-failure.ts";

/** Which deployments to list; all unless something is said. */
export interface Selection {
  readonly namespace?: string | undefined;
  /** A label selector, as kubectl's. */
  readonly selector?: string | undefined;
  /** Of exactly this state of the cluster. */
  readonly version?: string | undefined;
}

/** A deployment by name. */
export interface Reference {
  readonly namespace: string;
  readonly name: string;
}

/** The calls of commands that look at deployments one after the other. All reject with LiveFailure. */
export interface DeploymentCalls {
  pages(selection: Selection, signal: AbortSignal): AsyncGenerator<Page>;
  get(reference: Reference): Promise<unknown>;
  /**
   * An update that changes nothing, as long as the object is still of this version: webhooks are called, and what
   * they make of it is stored. Resolves with the object as stored; in a dry run, as it would be.
   */
  touch(reference: Reference, resourceVersion: string, options: { dryRun: boolean }): Promise<unknown>;
}

/** Whoever changes something by a webhook's answer is its owner for server-side apply. */
const fieldManager = "seldon-ambassador-webhook-adopt";

/** Webhooks have at most 30 s each. */
const callMs = 90_000;

/** An API server that sheds load is asked this often. */
const attempts = 5;
const busyCodes: readonly unknown[] = [429, 503, 504];
const firstDelayMs = 500;

export interface CallsOptions {
  readonly clock?: Clock;
  /** Calls off what is under way, pauses included. */
  readonly stopping?: AbortSignal;
}

/** Makes the calls through a client; an API server that is too busy is given time. */
export function deploymentCalls(client: ApiClient, options: CallsOptions = {}): DeploymentCalls {
  const { clock = systemClock, stopping } = options;
  const json = patient(client, clock);
  const within = (signal?: AbortSignal): AbortSignal =>
    AbortSignal.any([
      AbortSignal.timeout(callMs),
      ...[signal, stopping].filter((each) => each !== undefined),
    ]);
  let version: Promise<string> | undefined;
  const root = async (): Promise<string> => {
    version ??= json(`/apis/${group}`, { signal: within() }).then(servedVersion);
    return `/apis/${group}/${await version}`;
  };
  const pathOf = async ({ namespace, name }: Reference): Promise<string> =>
    `${await root()}/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`;
  return {
    async *pages({ namespace, selector, version: exactly }, signal) {
      const place = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
      const path = `${await root()}${place}/${plural}`;
      const query = new URLSearchParams({
        limit: String(pageSize),
        ...(selector && { labelSelector: selector }),
      });
      const first = new URLSearchParams(query);
      if (exactly !== undefined) {
        first.set("resourceVersion", exactly);
        first.set("resourceVersionMatch", "Exact");
      }
      let page = pageOf(await json(`${path}?${first}`, { signal: within(signal) }));
      yield page;
      while (page.next !== undefined) {
        query.set("continue", page.next);
        page = pageOf(await json(`${path}?${query}`, { signal: within(signal) }));
        yield page;
      }
    },
    get: async (reference) => json(await pathOf(reference), { signal: within() }),
    async touch(reference, resourceVersion, { dryRun }) {
      const query = new URLSearchParams({ fieldManager, ...(dryRun && { dryRun: "All" }) });
      return json(`${await pathOf(reference)}?${query}`, {
        method: "PATCH",
        contentType: "application/merge-patch+json",
        body: { metadata: { resourceVersion } },
        signal: within(),
      });
    },
  };
}

const isBusy = (error: unknown): error is LiveFailure =>
  error instanceof LiveFailure && busyCodes.includes(error.code);

/** Nothing that is called here does more by being called twice. */
const patient =
  (client: ApiClient, clock: Clock): ApiClient["json"] =>
  async (path, call) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await client.json(path, call);
      } catch (error) {
        if (!isBusy(error) || attempt === attempts) throw error;
        const delayMs = firstDelayMs * 2 ** (attempt - 1) * (0.5 + clock.random());
        await pause(Math.max(delayMs, error.retryAfterMs), call.signal, clock);
      }
    }
  };
