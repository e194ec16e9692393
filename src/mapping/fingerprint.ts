import { isNoEngine, predictorPorts } from "../seldon/ports.ts";
import type { Routing } from "../seldon/routing.ts";
import { svcNameAnnotation } from "../seldon/services.ts";
import type { SeldonDeployment } from "../seldon/types.ts";
import type { Configuration } from "./configuration.ts";

/**
 * The object's own routing fields, as values rather than spelling: equal for two objects that ask for the same
 * routes. Nothing of the cluster, of the settings or of this program's version goes into it.
 */
export function routingFields(
  deployment: SeldonDeployment,
  routing: Routing,
  configuration: Configuration,
): unknown {
  const containerPorts = predictorPorts(deployment, { http: 0, grpc: 0 });
  return [
    deployment.namespace,
    deployment.name ?? null,
    configuration.custom?.text ?? null,
    routingOf(routing),
    deployment.spec.predictors.map((predictor, index) => [
      predictor.name,
      predictor.traffic ?? null,
      predictor.shadow,
      predictor.annotations.get(svcNameAnnotation) ?? null,
      isNoEngine(predictor) ? containerPorts[index] : null,
      predictor.explainer ?? null,
      predictor.certSecretName ?? null,
      configuration.predictors.find((text) => text.predictor === index)?.text ?? null,
    ]),
  ];
}

// Field by field: to spread an object and replace one of its fields takes longer than the digest.
const routingOf = (routing: Routing): { readonly [K in keyof Routing]: unknown } => ({
  serviceName: routing.serviceName,
  shadow: routing.shadow,
  header: routing.header,
  regexHeader: routing.regexHeader,
  ambassadorId: routing.ambassadorId,
  restTimeoutMs: routing.restTimeoutMs,
  grpcTimeoutMs: routing.grpcTimeoutMs,
  retries: routing.retries,
  circuitBreakers: routing.circuitBreakers,
  weight: routing.weight,
  problems: routing.problems.map(({ path, value }) => [path, value]),
});
