import ambassadorIdAllowed from "./ambassador-ids/ambassador-id-allowed.ts";
import ambassadorIdKnown from "./ambassador-ids/ambassador-id-known.ts";
import ambassadorIdRequired from "./ambassador-ids/ambassador-id-required.ts";
import grpcTimeout from "./bounded/grpc-timeout.ts";
import restTimeout from "./bounded/rest-timeout.ts";
import retries from "./bounded/retries.ts";
import canaryStep from "./canary/canary-step.ts";
import firstShare from "./canary/first-share.ts";
import customConfigHosts from "./custom-config/custom-config-hosts.ts";
import customConfigKinds from "./custom-config/custom-config-kinds.ts";
import customConfigPrefixes from "./custom-config/custom-config-prefixes.ts";
import customConfigServices from "./custom-config/custom-config-services.ts";
import type { Limit } from "./limit.ts";
import requiredAnnotations from "./required/required-annotations.ts";
import requiredLabels from "./required/required-labels.ts";

/** Every limit, in the order in which findings are told. */
export const limits: readonly Limit[] = [
  ambassadorIdKnown,
  ambassadorIdAllowed,
  ambassadorIdRequired,
  restTimeout,
  grpcTimeout,
  retries,
  canaryStep,
  firstShare,
  requiredLabels,
  requiredAnnotations,
  customConfigKinds,
  customConfigPrefixes,
  customConfigServices,
  customConfigHosts,
];
