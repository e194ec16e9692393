import type { GrpcRoute } from "../seldon/era.ts";
import { explainerPort, type Ports } from "../seldon/ports.ts";
import type { Routing } from "../seldon/routing.ts";
import { explainerServiceName, predictorServiceName } from "../seldon/services.ts";
import type { Predictor } from "../seldon/types.ts";
import type { BuildInput } from "./build.ts";
import { conditions, ownConditions } from "./conditions.ts";
import { everyHost } from "./host.ts";
import { documentName } from "./names.ts";
import type { Conditions, Mapping, TLSContext } from "./types.ts";
import { isLive, mappingWeight } from "./weight.ts";

/** One predictor's routes of one kind: with the namespace in the prefix, or without. */
export interface Scope {
  readonly input: BuildInput;
  readonly predictor: Predictor;
  readonly ports: Ports;
  /** undefined in the routes of single-namespace mode, which leave the namespace out. */
  readonly namespace: string | undefined;
  /** Name of the predictor's TLSContext. */
  readonly tls: string | undefined;
}

/** The version whose words these documents are in; `inDialect` says them in another's. */
const apiVersion = "getambassador.io/v2";

/** A timeout above Envoy's default idle timeout needs that one raised with it, milliseconds. */
const envoyIdleTimeoutMs = 300000;

export function tlsContext(
  { deployment, routing }: BuildInput,
  predictor: Predictor,
): TLSContext | undefined {
  if (predictor.certSecretName === undefined) return undefined;
  return {
    apiVersion,
    kind: "TLSContext",
    name: documentName(["seldon", deployment.namespace, deployment.name, predictor.name, "tls_config"]),
    ambassador_id: routing.ambassadorId,
    hosts: [],
    secret: predictor.certSecretName,
    secret_namespacing: predictor.certSecretName.includes(".") ? false : undefined,
  };
}

export const restMapping = (scope: Scope): Mapping =>
  mappingOf(scope, {
    suffix: [...label(scope), restSuffix(scope)],
    host: scope.input.host,
    route: { prefix: `${restRoot(scope)}${externalName(scope.input)}/`, rewrite: "/" },
    conditions: conditions(scope.input, {}),
    service: `${predictorHost(scope)}:${scope.ports.http}`,
    tls: scope.tls,
    timeoutMs: scope.input.routing.restTimeoutMs,
    group: groupFields(scope),
    weight: weightOf(scope),
    shadow: mirrors(scope),
  });

/** An explainer's Mapping has the name that a predictor called `<predictor>-explainer` would give its own. */
const restSuffix = ({ predictor }: Scope): string =>
  predictor.name.endsWith("-explainer") ? "predictor_rest_mapping" : "rest_mapping";

export function grpcMapping(scope: Scope): Mapping {
  const { input, ports, namespace } = scope;
  const seldon = externalName(input);
  return mappingOf(scope, {
    suffix: [...label(scope), "grpc_mapping"],
    host: input.host,
    grpc: true,
    route: input.era.grpc,
    conditions: conditions(input, namespace === undefined ? { seldon } : { seldon, namespace }),
    service: `${predictorHost(scope)}:${ports.grpc}`,
    tls: scope.tls,
    // On one host and port Ambassador would make one HTTP/2 cluster of both, and REST would fail.
    clusterTag: ports.grpc === ports.http ? "grpc" : undefined,
    timeoutMs: input.routing.grpcTimeoutMs,
    group: groupFields(scope),
    weight: weightOf(scope),
    shadow: mirrors(scope),
  });
}

/** An explainer has a route of its own: no share, no mirror, plain HTTP. */
export function explainerMapping(scope: Scope): Mapping {
  const { input, predictor } = scope;
  const { deployment, era, routing } = input;
  // The shadow's own explanations are asked for by its own name; its target's path belongs to the target.
  const external = routing.shadow ? deployment.name : externalName(input);
  const path = era.explainerPath?.(external, deployment.name, predictor.name);
  return mappingOf(scope, {
    suffix: [`${predictor.name}-explainer`, "rest_mapping"],
    host: input.settings.ambassador.hostname,
    route: { prefix: `${restRoot(scope)}${path}/`, rewrite: "/" },
    conditions: ownConditions(routing, {}),
    service: `${serviceHost(scope, explainerServiceName(deployment, predictor))}:${explainerPort(predictor)}`,
    timeoutMs: routing.restTimeoutMs,
    group: ownGroupFields(routing),
  });
}

/** What tells one Mapping of a predictor from the others. */
interface Parts {
  readonly suffix: readonly string[];
  readonly host: string;
  readonly grpc?: true;
  readonly route: GrpcRoute;
  readonly conditions: Conditions;
  readonly service: string;
  readonly tls?: string | undefined;
  readonly clusterTag?: string | undefined;
  readonly timeoutMs: number;
  readonly group: GroupFields;
  readonly weight?: number | undefined;
  readonly shadow?: boolean;
}

// Every field in every Mapping, in the order of the text: objects of one shape, at a quarter of the cost of joining
// parts of many.
function mappingOf({ input, namespace }: Scope, parts: Parts): Mapping {
  const { host, route, conditions, timeoutMs, group } = parts;
  const { deployment, routing } = input;
  const owner = namespace === undefined ? [deployment.name] : [namespace, deployment.name];
  return {
    apiVersion,
    kind: "Mapping",
    name: documentName(["seldon", ...owner, ...parts.suffix]),
    ambassador_id: routing.ambassadorId,
    host: host === everyHost ? undefined : host,
    grpc: parts.grpc,
    prefix: route.prefix,
    prefix_regex: route.prefix_regex,
    rewrite: route.rewrite,
    headers: conditions.headers,
    regex_headers: conditions.regex_headers,
    service: parts.service,
    tls: parts.tls,
    cluster_tag: parts.clusterTag,
    timeout_ms: timeoutMs,
    idle_timeout_ms: timeoutMs > envoyIdleTimeoutMs ? timeoutMs : undefined,
    weight: parts.weight,
    shadow: parts.shadow ? true : undefined,
    retry_policy: group.retry_policy,
    circuit_breakers: group.circuit_breakers,
  };
}

const externalName = ({ deployment, routing }: BuildInput): string => routing.serviceName ?? deployment.name;

const label = ({ input, predictor }: Scope): readonly string[] =>
  input.era.servicePerPredictor ? [predictor.name] : [];

const restRoot = ({ namespace }: Scope): string =>
  namespace === undefined ? "/seldon/" : `/seldon/${namespace}/`;

const serviceHost = ({ input }: Scope, service: string): string => `${service}.${input.deployment.namespace}`;

const predictorHost = (scope: Scope): string =>
  serviceHost(scope, predictorServiceName(scope.input.deployment, scope.predictor, scope.input.era));

function weightOf({ input, predictor }: Scope): number | undefined {
  const { deployment, era, routing } = input;
  if (era.servicePerPredictor) return mappingWeight(deployment, predictor);
  return routing.serviceName === undefined ? undefined : routing.weight;
}

const mirrors = ({ input, predictor }: Scope): boolean => input.routing.shadow || !isLive(predictor);

/** What all Mappings of one group must have alike. */
type GroupFields = Pick<Mapping, "retry_policy" | "circuit_breakers">;

// Retries belong to the whole group in Ambassador: a guest must not change its host's.
const groupFields = ({ input: { routing, joined } }: Scope): GroupFields =>
  routing.shadow
    ? { retry_policy: undefined, circuit_breakers: joined?.circuitBreakers }
    : ownGroupFields(routing);

const ownGroupFields = ({ retries, circuitBreakers }: Routing): GroupFields => ({
  retry_policy: retries === 0 ? undefined : { retry_on: "gateway-error", num_retries: retries },
  circuit_breakers: circuitBreakers && [circuitBreakers],
});
