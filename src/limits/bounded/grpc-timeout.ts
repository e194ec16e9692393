import { outOfBounds, timeoutIn } from "../bounds.ts";
import type { Limit } from "../limit.ts";

const limit: Limit = {
  id: "limits/grpc-timeout",
  severity: "error",
  docs: {
    what: "A gRPC timeout is within the policy's limits, also where it is a default.",
    why: "Too short a timeout fails requests that the model could answer; too long a one holds their connections.",
    fix: "Write a timeout in milliseconds that is within the limits.",
  },
  check: (input) =>
    outOfBounds(input, {
      ...timeoutIn(true),
      isRouted: input.settings.ambassador.grpc,
      key: input.era.timeoutAnnotations.grpc,
      effective: input.routing.grpcTimeoutMs,
      min: input.limits["grpcTimeout.min"],
      max: input.limits["grpcTimeout.max"],
    }),
};

export default limit;
