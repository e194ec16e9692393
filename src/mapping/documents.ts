import type { Era } from "../seldon/era.ts";
import { explainerPort, type Ports } from "../seldon/ports.ts";
import type { CircuitBreakers, Routing } from "../seldon/routing.ts";
import { explainerServiceName, predictorServiceName } from "../seldon/services.ts";
import type { Predictor } from "../seldon/types.ts";
import type { BuildInput } from "./build.ts";
import { everyHost } from "./host.ts";
import { documentName } from "./names.ts";
import type { Conditions, Mapping, TLSContext } from "./types.ts";
import { isLive, mappingWeight } from "./weight.ts";

/** One predictor's routes of one kind: with the namespace in the prefix, or without. */
export interface Scope {
  readonly input: BuildInput;
  readonly era: Era;
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
    ...ambassadorId(routing),
    hosts: [],
    secret: predictor.certSecretName,
    ...(predictor.certSecretName.includes(".") ? { secret_namespacing: false as const } : {}),
  };
}

export function restMapping(scope: Scope): Mapping {
  const { input, ports } = scope;
  return {
    ...head(scope, [...label(scope), restSuffix(scope)]),
    ...host(groupHost(input)),
    prefix: `${restRoot(scope)}${externalName(input)}/`,
    rewrite: "/",
    ...conditions(input, {}),
    service: `${predictorHost(scope)}:${ports.http}`,
    ...(scope.tls === undefined ? {} : { tls: scope.tls }),
    ...timeouts(input.routing.restTimeoutMs),
    ...splitFields(scope),
  };
}

/** An explainer's Mapping has the name that a predictor called `<predictor>-explainer` would give its own. */
const restSuffix = ({ predictor }: Scope): string =>
  predictor.name.endsWith("-explainer") ? "predictor_rest_mapping" : "rest_mapping";

export function grpcMapping(scope: Scope): Mapping {
  const { input, era, ports } = scope;
  const identity = {
    seldon: externalName(input),
    ...(scope.namespace === undefined ? {} : { namespace: scope.namespace }),
  };
  return {
    ...head(scope, [...label(scope), "grpc_mapping"]),
    ...host(groupHost(input)),
    grpc: true,
    ...era.grpc,
    ...conditions(input, identity),
    service: `${predictorHost(scope)}:${ports.grpc}`,
    ...(scope.tls === undefined ? {} : { tls: scope.tls }),
    // On one host and port Ambassador would make one HTTP/2 cluster of both, and REST would fail.
    ...(ports.grpc === ports.http ? { cluster_tag: "grpc" } : {}),
    ...timeouts(input.routing.grpcTimeoutMs),
    ...splitFields(scope),
  };
}

/** An explainer has a route of its own: no share, no mirror, plain HTTP. */
export function explainerMapping(scope: Scope): Mapping {
  const { input, era, predictor } = scope;
  const { deployment, routing } = input;
  // The shadow's own explanations are asked for by its own name; its target's path belongs to the target.
  const external = routing.shadow ? deployment.name : externalName(input);
  const path = era.explainerPath?.(external, deployment.name, predictor.name);
  return {
    ...head(scope, [`${predictor.name}-explainer`, "rest_mapping"]),
    ...host(input.settings.ambassador.hostname),
    prefix: `${restRoot(scope)}${path}/`,
    rewrite: "/",
    ...ownConditions(routing, {}),
    service: `${serviceHost(scope, explainerServiceName(deployment, predictor))}:${explainerPort(predictor)}`,
    ...timeouts(routing.restTimeoutMs),
    ...ownGroupFields(routing),
  };
}

const externalName = ({ deployment, routing }: BuildInput): string => routing.serviceName ?? deployment.name;

const label = ({ era, predictor }: Scope): readonly string[] =>
  era.servicePerPredictor ? [predictor.name] : [];

const restRoot = ({ namespace }: Scope): string =>
  namespace === undefined ? "/seldon/" : `/seldon/${namespace}/`;

const serviceHost = ({ input }: Scope, service: string): string => `${service}.${input.deployment.namespace}`;

const predictorHost = (scope: Scope): string =>
  serviceHost(scope, predictorServiceName(scope.input.deployment, scope.predictor, scope.era));

function head({ input, namespace }: Scope, suffix: readonly string[]) {
  const { deployment, routing } = input;
  const owner = namespace === undefined ? [deployment.name] : [namespace, deployment.name];
  return {
    apiVersion,
    kind: "Mapping" as const,
    name: documentName(["seldon", ...owner, ...suffix]),
    ...ambassadorId(routing),
  };
}

const host = (name: string) => (name === everyHost ? {} : { host: name });

/** A shadow copies what is sent to its host's. */
const groupHost = ({ settings, joined }: BuildInput): string => joined?.host ?? settings.ambassador.hostname;

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

function splitFields({ input, era, predictor }: Scope) {
  const { deployment, routing, joined } = input;
  const guestWeight = routing.serviceName === undefined ? undefined : routing.weight;
  const weight = era.servicePerPredictor ? mappingWeight(deployment, predictor) : guestWeight;
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
