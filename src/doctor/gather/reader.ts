import type { ApiClient } from "../../cluster/live-client.ts";
import { LiveFailure } from "../../cluster/live-failure.ts";
import { type Fetched, read, unread } from "../fetched.ts";

/** Nothing more can be learned from this API server, or by this caller: no use in going on. */
const fatal: readonly string[] = ["network", "silent", "unauthorized"];

const callMs = 30_000;
const pageSize = 500;

interface List<T> {
  readonly items: readonly T[];
  readonly metadata?: { readonly continue?: string };
}

/** Turns a failure into what is known then. Throws what makes the whole run senseless. */
export function asFetched(error: unknown, what: string): Fetched<never> {
  if (!(error instanceof LiveFailure) || fatal.includes(error.reason)) throw error;
  if (error.reason === "missing") return { state: "absent" };
  return unread(`${what} (${error.reason === "forbidden" ? "forbidden" : error.message})`);
}

/** Reads objects, and knows what it means that one cannot be read. */
export class Reader {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** One object; `what` names it in messages. */
  get<T>(path: string, what: string): Promise<Fetched<T>> {
    return this.#ask(what, async () => (await this.#json(path)) as T);
  }

  /** All objects of a list, page by page; only those that are wanted are kept. */
  list<T>(
    path: string,
    what: string,
    isWanted: (item: T) => boolean = () => true,
  ): Promise<Fetched<readonly T[]>> {
    return this.#ask(what, async () => {
      const found: T[] = [];
      let next: string | undefined;
      do {
        const query = new URLSearchParams({ limit: String(pageSize), ...(next && { continue: next }) });
        const separator = path.includes("?") ? "&" : "?";
        const { items, metadata } = (await this.#json(`${path}${separator}${query}`)) as List<T>;
        found.push(...items.filter(isWanted));
        next = metadata?.continue || undefined;
      } while (next !== undefined);
      return found;
    });
  }

  /** Has the API server answer a question that is an object. */
  post<T>(path: string, body: unknown, what: string): Promise<Fetched<T>> {
    return this.#ask(what, async () => (await this.#json(path, body)) as T);
  }

  #json(path: string, body?: unknown): Promise<unknown> {
    const call = body === undefined ? {} : { method: "POST", body };
    return this.#client.json(path, { ...call, signal: AbortSignal.timeout(callMs) });
  }

  async #ask<T>(what: string, ask: () => Promise<T>): Promise<Fetched<T>> {
    try {
      return read(await ask());
    } catch (error) {
      return asFetched(error, what);
    }
  }
}
