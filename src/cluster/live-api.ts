import { isMap } from "../mapping/custom.ts";
import { group, plural } from "../seldon/api.ts";
import type { ApiClient } from "./live-client.ts";
import type { Clock } from "./live-clock.ts";
import { failureOf, LiveFailure } from "./live-failure.ts";
import { ItemCutter } from "./live-items.ts";
import { chunksOf, linesOf } from "./live-lines.ts";

export const pageSize = 500;

/** A page that stops coming does not come any more. */
const pageIdleMs = 30_000;

/** A watch is ended by the API server after 5 to 10 minutes, as client-go asks for, so that load moves on. */
const watchSeconds = 300;

/** What stands around the objects of a part of one consistent list. */
export interface PageEnd {
  readonly resourceVersion: string;
  /** Absent on the last page. */
  readonly next: string | undefined;
}

/** A part of one consistent list. */
export interface Page extends PageEnd {
  readonly items: readonly unknown[];
}

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: unknown;
}

/** The objects of one kind, raw. Everything rejects with LiveFailure, or an error of the network. */
export interface ObjectApi {
  /** Hands over each object when it has come, so that nobody ever holds a page of them. */
  page(from: string | undefined, see: (raw: unknown) => void, signal: AbortSignal): Promise<PageEnd>;
  /** What happened after this version; ends when the API server ends it. */
  watch(resourceVersion: string, signal: AbortSignal): AsyncIterable<WatchEvent>;
}

/** The SeldonDeployments of an API server. */
export interface DeploymentApi extends ObjectApi {
  /** Rejects with the reason "missing" when there is none. */
  get(namespace: string, name: string, signal: AbortSignal): Promise<unknown>;
}

export interface ApiOptions {
  readonly clock: Clock;
  /** A watch that is silent for longer is begun anew. The API server sends a bookmark every minute. */
  readonly idleMs: number;
}

/** All namespaces. The version is v1 where the CRD serves it, and else the one that it prefers. */
export function deploymentApi(client: ApiClient, options: ApiOptions): DeploymentApi {
  let version: string | undefined;
  const discover = async (signal: AbortSignal): Promise<string> => {
    version = servedVersion(await client.json(`/apis/${group}`, { signal }));
    return version;
  };
  const root = async (signal: AbortSignal): Promise<string> =>
    `/apis/${group}/${version ?? (await discover(signal))}`;
  // A new list is the moment to learn that an upgrade of Seldon changed what is served.
  const objects = objectApi(client, options, async (signal, isNewList) => {
    if (isNewList) await discover(signal);
    return `${await root(signal)}/${plural}`;
  });
  return {
    ...objects,
    async get(namespace, name, signal) {
      const [ns, called] = [namespace, name].map(encodeURIComponent);
      return client.json(`${await root(signal)}/namespaces/${ns}/${plural}/${called}`, { signal });
    },
  };
}

/** The Namespaces of an API server. */
export interface NamespaceApi extends ObjectApi {
  /** Rejects with the reason "missing" when there is none. */
  get(name: string, signal: AbortSignal): Promise<unknown>;
}

const namespaces = "/api/v1/namespaces";

export const namespaceApi = (client: ApiClient, options: ApiOptions): NamespaceApi => ({
  ...objectApi(client, options, async () => namespaces),
  get: (name, signal) => client.json(`${namespaces}/${encodeURIComponent(name)}`, { signal }),
});

/** Lists and watches below a path, which may be another one with each new list. */
function objectApi(
  client: ApiClient,
  options: ApiOptions,
  pathOf: (signal: AbortSignal, isNewList: boolean) => Promise<string>,
): ObjectApi {
  return {
    async page(from, see, signal) {
      const path = await pathOf(signal, from === undefined);
      const query = new URLSearchParams({ limit: String(pageSize), ...(from && { continue: from }) });
      const stream = await client.open(`${path}?${query}`, { signal });
      const cutter = new ItemCutter();
      for await (const chunk of chunksOf(stream, { clock: options.clock, idleMs: pageIdleMs }))
        for (const item of cutter.cut(chunk)) see(parsed(item, "a list"));
      return pageOf(parsed(cutter.rest(), "a list"));
    },
    async *watch(resourceVersion, signal) {
      const seconds = Math.round(watchSeconds * (1 + options.clock.random()));
      const query = new URLSearchParams({
        watch: "true",
        allowWatchBookmarks: "true",
        resourceVersion,
        timeoutSeconds: String(seconds),
      });
      const stream = await client.open(`${await pathOf(signal, false)}?${query}`, { signal });
      for await (const line of linesOf(stream, options)) yield eventOf(line);
    },
  };
}

const malformed = (what: string): LiveFailure =>
  new LiveFailure("malformed", `the API server answered with something other than ${what}`);

/** v1 where it is served, and else the version that is preferred. */
export function servedVersion(discovered: unknown): string {
  const { versions, preferredVersion } = isMap(discovered) ? discovered : {};
  const served = (Array.isArray(versions) ? versions : []).map(versionIn);
  const version = served.includes("v1") ? "v1" : versionIn(preferredVersion);
  if (version === undefined) throw malformed("the versions of a group");
  return version;
}

const versionIn = (entry: unknown): string | undefined =>
  isMap(entry) && typeof entry.version === "string" ? entry.version : undefined;

/** Reads an answer to a list. */
export function pageOf(list: unknown): Page {
  const { items, metadata } = isMap(list) ? list : {};
  const { resourceVersion, continue: next } = isMap(metadata) ? metadata : {};
  if (!Array.isArray(items) || typeof resourceVersion !== "string") throw malformed("a list");
  return { items, resourceVersion, next: typeof next === "string" && next !== "" ? next : undefined };
}

const types: readonly unknown[] = ["ADDED", "MODIFIED", "DELETED", "BOOKMARK"];

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(what);
  }
}

/** Reads one line of a watch; an ERROR is thrown. */
export function eventOf(line: string): WatchEvent {
  const event = parsed(line, "a watch event");
  const { type, object } = isMap(event) ? event : {};
  if (type === "ERROR" && isMap(object)) throw failureOf(Number(object.code), String(object.message));
  if (!types.includes(type) || !isMap(object)) throw malformed("a watch event");
  return { type: type as WatchEvent["type"], object };
}
