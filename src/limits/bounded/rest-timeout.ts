import { outOfBounds, timeoutIn } from "../bounds.ts";
import type { Limit } from "../limit.ts";

const limit: Limit = {
  id: "limits/rest-timeout",
  severity: "error",
  docs: {
    what: "The REST timeout is within the policy's limits, also where it is a default.",
    why: "Too short a timeout fails requests that the model could answer; too long a one holds their connections.",
    fix: "Write a timeout in milliseconds that is within the limits.",
  },
  check: (input) =>
    outOfBounds(input, {
      ...timeoutIn(false),
      key: input.era.timeoutAnnotations.rest,
      effective: input.routing.restTimeoutMs,
      min: input.limits["restTimeout.min"],
      max: input.limits["restTimeout.max"],
    }),
};

export default limit;
