import type { DeploymentCalls, Selection } from "./deployment-calls.ts";
import type { Page } from "./live-api.ts";
import { asFailure, LiveFailure } from "./live-failure.ts";
import { LiveStore } from "./live-store.ts";

/** All deployments of one moment: their projections in a store, and whole ones on demand. */
export interface Census {
  readonly store: LiveStore;
  /** The rights did not reach further than the namespace that was asked for. */
  readonly isPartial: boolean;
  /** The selected ones of that very moment as they are stored. */
  pages(selection: Selection, signal: AbortSignal): AsyncGenerator<Page>;
}

/** A state is kept for five minutes or more after it has passed; who is slower than that begins anew. */
const attempts = 3;

async function read(calls: DeploymentCalls, selection: Selection, signal: AbortSignal): Promise<Census> {
  const store = new LiveStore();
  let version = "";
  for await (const { items, resourceVersion } of calls.pages(selection, signal)) {
    version = resourceVersion;
    for (const raw of items) store.put(raw);
  }
  return {
    store,
    isPartial: selection.namespace !== undefined,
    pages: (wanted, until) => calls.pages({ ...wanted, version }, until),
  };
}

/** Reads what exists; where the rights end at the namespace, of this namespace alone. */
export async function takeCensus(
  calls: DeploymentCalls,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Census> {
  try {
    return await read(calls, {}, signal);
  } catch (error) {
    if (namespace === undefined || asFailure(error).reason !== "forbidden") throw error;
    return read(calls, { namespace }, signal);
  }
}

/** Does something with a census, from the beginning when the census grew too old for its pages meanwhile. */
export async function withCensus<T>(
  take: () => Promise<Census>,
  use: (census: Census) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await use(await take());
    } catch (error) {
      const isExpired = error instanceof LiveFailure && error.reason === "expired";
      if (!isExpired || attempt === attempts) throw error;
    }
  }
}
