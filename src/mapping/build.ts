import type { EngineSettings } from "../config/settings.ts";
import { type Era, eraOf } from "../seldon/era.ts";
import { predictorPorts } from "../seldon/ports.ts";
import type { CircuitBreakers, Routing } from "../seldon/routing.ts";
import type { Predictor, SeldonDeployment } from "../seldon/types.ts";
import { inDialect } from "./dialect.ts";
import { explainerMapping, grpcMapping, restMapping, type Scope, tlsContext } from "./documents.ts";
import type { AmbassadorDocument, Conditions } from "./types.ts";
import { isLive } from "./weight.ts";

/** The group of another deployment that an attached shadow joins: what its Mappings must repeat. */
export interface JoinedGroup {
  readonly host: string;
  readonly headers: Conditions;
  readonly circuitBreakers: readonly CircuitBreakers[] | undefined;
}

/** A deployment with a name; nothing can be routed before it has one. */
export type NamedDeployment = SeldonDeployment & { readonly name: string };

export interface BuildInput {
  readonly deployment: NamedDeployment;
  readonly routing: Routing;
  readonly settings: EngineSettings;
  /** The host of its own prefix, or of the one that it is attached to. */
  readonly host: string;
  /** Whether gRPC gets Mappings: on that prefix, and of this deployment. */
  readonly writesGrpc: boolean;
  /** Known only for an attached shadow whose target is in the cluster. */
  readonly joined?: JoinedGroup | undefined;
}

/**
 * Every Ambassador document of a deployment: REST and gRPC per predictor, its explainer's REST, a TLSContext
 * where the predictor serves TLS. The deployment has passed its own rules; nothing is checked again here.
 */
export const buildDocuments = (input: BuildInput): readonly AmbassadorDocument[] =>
  buildPredictorDocuments(input).flat();

/** Documents apart by predictor, in the order of the predictors. */
export type PredictorDocuments = readonly (readonly AmbassadorDocument[])[];

/** The same, apart by predictor. */
export function buildPredictorDocuments(input: BuildInput): PredictorDocuments {
  const { deployment, settings } = input;
  const { httpPort: http, grpcPort: grpc, operatorVersion } = settings.seldon;
  const era = eraOf(operatorVersion);
  const ports = predictorPorts(deployment, { http, grpc });
  // One Service for all predictors is one destination: its pods share the requests among themselves.
  const spokesman = era.servicePerPredictor ? undefined : deployment.spec.predictors.find(isLive);
  return deployment.spec.predictors.map((predictor, index) => {
    if (spokesman !== undefined && predictor !== spokesman) return [];
    return predictorDocuments({ input, era, predictor, ports: ports[index] ?? { http, grpc } }).map(
      (document) => inDialect(document, settings.ambassador.apiVersion),
    );
  });
}

function predictorDocuments(part: Pick<Scope, "input" | "era" | "predictor" | "ports">) {
  const { input, era, predictor } = part;
  const { namespace } = input.deployment;
  const tls = tlsContext(input, predictor);
  const namespaces = input.settings.seldon.singleNamespace ? [namespace, undefined] : [namespace];
  const scopes = namespaces.map((prefix): Scope => ({ ...part, namespace: prefix, tls: tls?.name }));
  return [
    ...(tls ? [tls] : []),
    ...scopes.flatMap((scope) => [restMapping(scope), ...(input.writesGrpc ? [grpcMapping(scope)] : [])]),
    ...scopes.flatMap((scope) => (hasExplainer(predictor, era) ? [explainerMapping(scope)] : [])),
  ];
}

const hasExplainer = (predictor: Predictor, era: Era): boolean =>
  predictor.explainer !== undefined && era.explainerPath !== undefined;
