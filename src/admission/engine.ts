import type { ClusterView } from "../cluster/view.ts";
import type { EngineSettings } from "../config/settings.ts";
import type { Report } from "../diagnostics/finding.ts";
import type { PatchOperation } from "./types.ts";

/** All that a decision depends on besides the request. */
export interface EngineContext {
  readonly settings: EngineSettings;
  readonly cluster: ClusterView;
}

/** The answer to one request. */
export interface Decision {
  readonly allowed: boolean;
  /** Empty when nothing is to be changed. */
  readonly patch: readonly PatchOperation[];
  /** Every finding, errors first. Denied exactly when one is an error. */
  readonly reports: readonly Report[];
}
