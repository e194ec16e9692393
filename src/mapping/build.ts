import type { EngineSettings } from "../config/settings.ts";
import { type Era, eraOf } from "../seldon/era.ts";
import { explainerPort, type Ports, predictorPorts } from "../seldon/ports.ts";
import type { CircuitBreakers, Routing } from "../seldon/routing.ts";
import { explainerServiceName, predictorServiceName } from "../seldon/services.ts";
import type { Predictor, SeldonDeployment } from "../seldon/types.ts";
import { documentName } from "./names.ts";
import type { AmbassadorDocument, Mapping, TLSContext } from "./types.ts";
import { isLive, mappingWeight } from "./weight.ts";

/** What a request's headers must be for a Mapping to match. */
export type Conditions = Pick<Mapping, "headers" | "regex_headers">;

/** The group of another deployment that an attached shadow joins: what its Mappings must repeat. */
export interface JoinedGroup {
  readonly headers: Conditions;
  readonly circuitBreakers: readonly CircuitBreakers[] | undefined;
}

/** A deployment with a name; nothing can be routed before it has one. */
export type NamedDeployment = SeldonDeployment & { readonly name: string };

export interface BuildInput {
  readonly deployment: NamedDeployment;
  readonly routing: Routing;
  readonly settings: EngineSettings;
  /** Known only for an attached shadow whose target is in the cluster. */
  readonly joined?: JoinedGroup | undefined;
}

interface Scope {
  readonly input: BuildInput;
  readonly era: Era;
  readonly predictor: Predictor;
  readonly ports: Ports;
  /** undefined in the routes of single-namespace mode, which leave the namespace out. */
  readonly namespace: string | undefined;
  readonly tls: string | undefined;
}

/** A timeout above Envoy's default idle timeout needs that one raised with it, milliseconds. */
const envoyIdleTimeoutMs = 300000;

/**
 * Every Ambassador document of a deployment: REST and gRPC per predictor, its explainer's REST, a TLSContext
 * where the predictor serves TLS. The deployment has passed its own rules; nothing is checked again here.
 */
export function buildDocuments(input: BuildInput): readonly AmbassadorDocument[] {
  const { deployment, settings } = input;
  const era = eraOf(settings.seldon.operatorVersion);
  const engine = { http: settings.seldon.httpPort, grpc: settings.seldon.grpcPort };
  const ports = predictorPorts(deployment, engine);
  const namespaces = settings.seldon.singleNamespace
    ? [deployment.namespace, undefined]
    : [deployment.namespace];
  return deployment.spec.predictors.flatMap((predictor, index) => {
    const tls = tlsContext(input, predictor);
    const scopes = namespaces.map(
      (namespace): Scope => ({
        input,
        era,
        predictor,
        ports: ports[index] ?? engine,
        namespace,
        tls: tls?.name,
      }),
    );
    return [
      ...(tls ? [tls] : []),
      ...scopes.flatMap((scope) => [restMapping(scope), grpcMapping(scope)]),
      ...(predictor.explainer ? scopes.map(explainerMapping) : []),
    ];
  });
}

function tlsContext(
  { deployment, routing, settings }: BuildInput,
  predictor: Predictor,
): TLSContext | undefined {
  if (predictor.certSecretName === undefined) return undefined;
  return {
    apiVersion: settings.ambassador.apiVersion,
    kind: "TLSContext",
    name: documentName(["seldon", deployment.namespace, deployment.name, predictor.name, "tls_config"]),
    ...ambassadorId(routing),
    hosts: [],
    secret: predictor.certSecretName,
  };
}

function restMapping(scope: Scope): Mapping {
  const { input, predictor, ports } = scope;
  const host = serviceHost(scope, predictorServiceName(input.deployment, predictor, scope.era));
  return {
    ...head(scope, [predictor.name, "rest_mapping"]),
    prefix: restPrefix(scope, externalName(input)),
    rewrite: "/",
    ...conditions(input, {}),
    service: `${host}:${ports.http}`,
    ...(scope.tls === undefined ? {} : { tls: scope.tls }),
    ...timeouts(input.routing.restTimeoutMs),
    ...splitFields(scope),
  };
}

function grpcMapping(scope: Scope): Mapping {
  const { input, predictor, ports } = scope;
  const host = serviceHost(scope, predictorServiceName(input.deployment, predictor, scope.era));
  const identity = {
    seldon: externalName(input),
    ...(scope.namespace === undefined ? {} : { namespace: scope.namespace }),
  };
  return {
    ...head(scope, [predictor.name, "grpc_mapping"]),
    grpc: true,
    prefix: scope.era.grpcPrefix,
    prefix_regex: true,
    rewrite: "",
    ...conditions(input, identity),
    service: `${host}:${ports.grpc}`,
    ...(scope.tls === undefined ? {} : { tls: scope.tls }),
    // On one host and port Ambassador would make one HTTP/2 cluster of both, and REST would fail.
    ...(ports.grpc === ports.http ? { cluster_tag: "grpc" } : {}),
    ...timeouts(input.routing.grpcTimeoutMs),
    ...splitFields(scope),
  };
}

/** An explainer has a route of its own: no share, no mirror, plain HTTP. */
function explainerMapping(scope: Scope): Mapping {
  const { input, predictor } = scope;
  const { deployment, routing } = input;
  // The shadow's own explanations are asked for by its own name; its target's path belongs to the target.
  const external = routing.shadow ? deployment.name : externalName(input);
  return {
    ...head(scope, [`${predictor.name}-explainer`, "rest_mapping"]),
    prefix: `${restPrefix(scope, `${external}-explainer`)}${predictor.name}/`,
    rewrite: "/",
    ...ownConditions(routing, {}),
    service: `${serviceHost(scope, explainerServiceName(deployment, predictor))}:${explainerPort(predictor)}`,
    ...timeouts(routing.restTimeoutMs),
    ...ownGroupFields(routing),
  };
}

const externalName = ({ deployment, routing }: BuildInput): string => routing.serviceName ?? deployment.name;

const restPrefix = ({ namespace }: Scope, external: string): string =>
  namespace === undefined ? `/seldon/${external}/` : `/seldon/${namespace}/${external}/`;

const serviceHost = ({ input }: Scope, service: string): string => `${service}.${input.deployment.namespace}`;

function head({ input, namespace }: Scope, suffix: readonly string[]) {
  const { deployment, settings, routing } = input;
  const owner = namespace === undefined ? [deployment.name] : [namespace, deployment.name];
  return {
    apiVersion: settings.ambassador.apiVersion,
    kind: "Mapping" as const,
    name: documentName(["seldon", ...owner, ...suffix]),
    ...ambassadorId(routing),
  };
}

const ambassadorId = ({ ambassadorId: id }: Routing) => (id === undefined ? {} : { ambassador_id: id });

const timeouts = (timeoutMs: number) =>
  timeoutMs > envoyIdleTimeoutMs
    ? { timeout_ms: timeoutMs, idle_timeout_ms: timeoutMs }
    : { timeout_ms: timeoutMs };

/** The conditions that the deployment's own annotations ask for, beside those in `identity`. */
export function ownConditions(routing: Routing, identity: Readonly<Record<string, string>>): Conditions {
  const { header, regexHeader } = routing;
  const headers: Record<string, string | true> = {
    ...identity,
    ...(header ? Object.fromEntries([[header.name, header.value ?? true]]) : {}),
  };
  return {
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(regexHeader
      ? { regex_headers: Object.fromEntries([[regexHeader.name, regexHeader.value ?? ""]]) }
      : {}),
  };
}

function conditions({ routing, joined }: BuildInput, identity: Readonly<Record<string, string>>): Conditions {
  if (joined === undefined) return ownConditions(routing, identity);
  const headers: Record<string, string | true> = { ...identity, ...joined.headers.headers };
  return {
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(joined.headers.regex_headers ? { regex_headers: joined.headers.regex_headers } : {}),
  };
}

function splitFields({ input, predictor }: Scope) {
  const { deployment, routing, joined } = input;
  const weight = mappingWeight(deployment, predictor);
  const mirrors = routing.shadow || !isLive(predictor);
  return {
    ...(weight === undefined ? {} : { weight }),
    ...(mirrors ? { shadow: true as const } : {}),
    // Retries belong to the whole group in Ambassador: a guest must not change its host's.
    ...(routing.shadow ? breakers(joined?.circuitBreakers) : ownGroupFields(routing)),
  };
}

const ownGroupFields = ({ retries, circuitBreakers }: Routing) => ({
  ...(retries === 0 ? {} : { retry_policy: { retry_on: "gateway-error" as const, num_retries: retries } }),
  ...breakers(circuitBreakers && [circuitBreakers]),
});

const breakers = (circuitBreakers: readonly CircuitBreakers[] | undefined) =>
  circuitBreakers === undefined ? {} : { circuit_breakers: circuitBreakers };
