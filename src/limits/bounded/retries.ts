import { isMap } from "../../mapping/custom.ts";
import type { MappingFields } from "../../mapping/types.ts";
import { keys } from "../../seldon/annotations.ts";
import { outOfBounds } from "../bounds.ts";
import type { Limit } from "../limit.ts";

/** Envoy's number where a policy of retries gives none (config.route.v3.RetryPolicy, num_retries). */
const envoyRetries = 1;

function retriesIn({ retry_policy: policy, shadow }: MappingFields): unknown {
  // Nobody waits for the answers to copies.
  if (shadow === true) return undefined;
  if (policy === undefined) return 0;
  return isMap(policy) ? (policy.num_retries ?? envoyRetries) : policy;
}

const limit: Limit = {
  id: "limits/retries",
  severity: "error",
  docs: {
    what: "The retries of a route are within the policy's limits, also where nobody asks for any.",
    why: "Each retry is a further request to models that may be failing because there are too many already.",
    fix: "Write a number of retries that is within the limits.",
  },
  *check(input) {
    // The retries of a shadow's group are its target's.
    if (input.routing.shadow && input.custom === undefined) return;
    yield* outOfBounds(input, {
      field: "retry_policy.num_retries",
      inMapping: retriesIn,
      zeroIsEndless: false,
      key: keys.retries,
      effective: input.routing.retries,
      min: input.limits["retries.min"],
      max: input.limits["retries.max"],
    });
  },
};

export default limit;
