import type { ClusterView } from "../cluster/view.ts";
import type { EngineSettings } from "../config/settings.ts";
import type { Report } from "../diagnostics/finding.ts";
import type { ExemptionUse } from "../policy/exemptions.ts";
import type { PolicyContext } from "../policy/policy-index.ts";
import type { PatchOperation } from "./types.ts";

/** All that a decision depends on besides the request. */
export interface EngineContext {
  readonly settings: EngineSettings;
  readonly cluster: ClusterView;
  /** Absent where there is no policy. */
  readonly policy?: PolicyContext | undefined;
}

/** By which policy a request was decided. */
export interface PolicyUse {
  readonly label: string;
  /** Those without which it would have been denied, or denied for more. */
  readonly exemptions: readonly ExemptionUse[];
}

/** The answer to one request. */
export interface Decision {
  readonly allowed: boolean;
  /** Empty when nothing is to be changed. */
  readonly patch: readonly PatchOperation[];
  /** Every finding, errors first. Denied exactly when one is an error. */
  readonly reports: readonly Report[];
  /** Absent without a policy, and where nothing was judged. */
  readonly policy?: PolicyUse | undefined;
}
