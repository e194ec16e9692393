import type { EngineSettings } from "../config/settings.ts";
import type { Era } from "../seldon/era.ts";
import { type Ports, predictorPorts } from "../seldon/ports.ts";
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
  readonly era: Era;
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
  const { deployment, era, settings } = input;
  const { httpPort: http, grpcPort: grpc } = settings.seldon;
  const ports = predictorPorts(deployment, { http, grpc });
  // One Service for all predictors is one destination: its pods share the requests among themselves.
  const spokesman = era.servicePerPredictor ? undefined : deployment.spec.predictors.find(isLive);
  return deployment.spec.predictors.map((predictor, index) => {
    if (spokesman !== undefined && predictor !== spokesman) return [];
    const documents = predictorDocuments(input, predictor, ports[index] ?? { http, grpc });
    return documents.map((document) => inDialect(document, settings.ambassador.apiVersion));
  });
}

function predictorDocuments(input: BuildInput, predictor: Predictor, ports: Ports): AmbassadorDocument[] {
  const { deployment, era, settings, writesGrpc } = input;
  const tls = tlsContext(input, predictor);
  const documents: AmbassadorDocument[] = tls === undefined ? [] : [tls];
  const namespaces = settings.seldon.singleNamespace
    ? [deployment.namespace, undefined]
    : [deployment.namespace];
  const scopes = namespaces.map(
    (namespace): Scope => ({ input, predictor, ports, namespace, tls: tls?.name }),
  );
  for (const scope of scopes) {
    documents.push(restMapping(scope));
    if (writesGrpc) documents.push(grpcMapping(scope));
  }
  if (hasExplainer(predictor, era)) documents.push(...scopes.map(explainerMapping));
  return documents;
}

const hasExplainer = (predictor: Predictor, era: Era): boolean =>
  predictor.explainer !== undefined && era.explainerPath !== undefined;
