import { isMap } from "../mapping/custom.ts";
import { type LabelsOf, labelsIn, NamespaceUnknown } from "../policy/labels.ts";
import type { Labels } from "../policy/types.ts";
import type { NamespaceApi } from "./live-api.ts";
import { asFailure } from "./live-failure.ts";
import { type FollowedStore, LiveFollower, type LiveOptions } from "./live-follower.ts";

interface NamedLabels {
  readonly name: string;
  readonly labels: Labels;
}

function read(raw: unknown): NamedLabels | undefined {
  const { metadata } = isMap(raw) ? raw : {};
  const { name } = isMap(metadata) ? metadata : {};
  return typeof name === "string" && name !== "" ? { name, labels: labelsIn(metadata) } : undefined;
}

/** The labels of Namespaces as last heard of. Nobody waits for a change of them. */
class NamespaceStore implements FollowedStore<never> {
  #labels = new Map<string, Labels>();

  get size(): number {
    return this.#labels.size;
  }

  labelsOf(name: string): Labels | undefined {
    return this.#labels.get(name);
  }

  put(raw: unknown): undefined {
    const found = read(raw);
    if (found !== undefined) this.#labels.set(found.name, found.labels);
  }

  remove(raw: unknown): undefined {
    const found = read(raw);
    if (found !== undefined) this.#labels.delete(found.name);
  }

  sweep(): { see(raw: unknown): void; apply(): readonly never[] } {
    const listed = new Map<string, Labels>();
    return {
      see: (raw) => {
        const found = read(raw);
        if (found !== undefined) listed.set(found.name, found.labels);
      },
      apply: () => {
        this.#labels = listed;
        return [];
      },
    };
  }
}

/** Asks the API server for the labels of one Namespace, past the view. */
export interface NamespaceLookup {
  /** Undefined when there is no such Namespace. Rejects when nobody can tell. */
  labels(name: string, signal: AbortSignal): Promise<Labels | undefined>;
}

/** Follows the Namespaces of a cluster, of which only the labels are kept. */
export class LiveNamespaces extends LiveFollower<never> implements NamespaceLookup {
  readonly #store: NamespaceStore;
  readonly #api: NamespaceApi;

  constructor(api: NamespaceApi, options: LiveOptions) {
    const store = new NamespaceStore();
    super("Namespaces", api, store, options);
    this.#store = store;
    this.#api = api;
  }

  /** Throws NamespaceUnknown for one that is not in the view, and for all while the view cannot be relied on. */
  readonly labelsOf: LabelsOf = (namespace) => {
    const labels = this.problem() === undefined ? this.#store.labelsOf(namespace) : undefined;
    if (labels === undefined) throw new NamespaceUnknown(namespace);
    return labels;
  };

  async labels(name: string, signal: AbortSignal): Promise<Labels | undefined> {
    try {
      return read(await this.#api.get(name, signal))?.labels;
    } catch (error) {
      const failure = asFailure(error);
      if (failure.reason === "missing") return undefined;
      throw failure;
    }
  }
}
