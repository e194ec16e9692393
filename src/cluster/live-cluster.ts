import type { SeldonDeployment } from "../seldon/types.ts";
import type { ClusterView } from "./view.ts";

/** Asks the API server for one deployment, past the view. */
export interface Lookup {
  /** Undefined when there is none, or only one that is being deleted. Rejects when nobody can tell. */
  get(namespace: string, name: string, signal: AbortSignal): Promise<SeldonDeployment | undefined>;
}

/** Why a list or a watch had to be begun anew. */
export const restartReasons = [
  "ended",
  "expired",
  "silent",
  "malformed",
  "network",
  "unauthorized",
  "forbidden",
  "missing",
  "throttled",
  "server",
] as const;

export type RestartReason = (typeof restartReasons)[number];

/** A cluster that is being followed: the view of it, and how far that can be trusted. */
export interface LiveCluster {
  /** Always the same object. Throws ViewUnavailable while there is a `problem`. */
  readonly view: ClusterView;
  readonly lookup: Lookup;
  /** Whether every deployment has been read once. */
  readonly synced: boolean;
  readonly size: number;
  readonly restarts: ReadonlyMap<RestartReason, number>;
  /** Time since the API server last told something: a list, an event or a bookmark. */
  ageMs(now?: number): number;
  /** Why nothing may be concluded from the view now; undefined while it is sound. */
  problem(): string | undefined;
  /** Ends every connection; resolves when nothing is under way any more. */
  stop(): Promise<void>;
}
