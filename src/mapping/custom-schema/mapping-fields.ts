import {
  fields,
  filledList,
  flag,
  integer,
  list,
  mapOf,
  oneOf,
  opaque,
  type Shape,
  text,
  textOrFlag,
  textOrTexts,
  texts,
} from "./shapes.ts";

// Names and types from emissary-ingress/emissary: python/schemas/v1 of the 1.x releases, and the MappingSpec of
// pkg/api/getambassador.io/v2 and v3alpha1.

type Fields = Readonly<Record<string, Shape>>;

const circuitBreaker = fields({
  priority: oneOf("default", "high"),
  max_connections: integer,
  max_pending_requests: integer,
  max_requests: integer,
  max_retries: integer,
});

const cors = (names: Shape): Shape =>
  fields({
    origins: names,
    methods: names,
    headers: names,
    exposed_headers: names,
    credentials: flag,
    max_age: text,
  });

const retryPolicy = fields({
  retry_on: oneOf(
    "5xx",
    "gateway-error",
    "connect-failure",
    "retriable-4xx",
    "refused-stream",
    "retriable-status-codes",
  ),
  num_retries: integer,
  per_try_timeout: text,
});

const loadBalancer = fields(
  {
    policy: oneOf("round_robin", "ring_hash", "maglev", "least_request"),
    cookie: fields({ name: text, path: text, ttl: text }, "name"),
    header: text,
    source_ip: flag,
  },
  "policy",
);

const addedHeader = { value: text, append: flag };

/** A value in itself, or with the wish to append it. */
const addedHeaders = (...shorthands: string[]): Shape =>
  mapOf({ type: [...shorthands, "object"], properties: addedHeader, additionalProperties: false });

/** ambassador/v1; v0 is the same to the releases that read it. */
export const mappingV1: Fields = {
  ambassador_id: textOrTexts,
  prefix: text,
  prefix_regex: flag,
  service: text,
  add_request_headers: addedHeaders("string", "boolean"),
  add_response_headers: addedHeaders("string", "boolean"),
  add_linkerd_headers: flag,
  auto_host_rewrite: flag,
  case_sensitive: flag,
  enable_ipv4: flag,
  enable_ipv6: flag,
  circuit_breakers: list(circuitBreaker),
  keepalive: fields({ probes: integer, idle_time: integer, interval: integer }),
  cors: cors(textOrTexts),
  retry_policy: retryPolicy,
  grpc: flag,
  host: text,
  host_regex: flag,
  host_redirect: flag,
  path_redirect: text,
  host_rewrite: text,
  method: text,
  method_regex: flag,
  outlier_detection: text,
  priority: text,
  precedence: integer,
  remove_request_headers: textOrTexts,
  remove_response_headers: textOrTexts,
  resolver: text,
  rewrite: text,
  shadow: flag,
  connect_timeout_ms: integer,
  cluster_idle_timeout_ms: integer,
  timeout_ms: integer,
  idle_timeout_ms: integer,
  tls: textOrFlag,
  use_websocket: flag,
  weight: integer,
  bypass_auth: flag,
  modules: list(opaque),
  headers: mapOf(textOrFlag),
  regex_headers: mapOf(text),
  labels: opaque,
  envoy_override: opaque,
  load_balancer: loadBalancer,
};

const pattern = fields({ pattern: text, substitution: text });

const errorResponse = fields(
  {
    on_status_code: { type: "integer", minimum: 400, maximum: 599 },
    body: fields({
      text_format: text,
      json_format: mapOf(text),
      text_format_source: fields({ filename: text }, "filename"),
      content_type: text,
    }),
  },
  "on_status_code",
  "body",
);

export const mappingV2: Fields = {
  ...mappingV1,
  prefix_exact: flag,
  add_request_headers: addedHeaders("string"),
  add_response_headers: addedHeaders("string"),
  docs: fields({ path: text, url: text, ignored: flag, display_name: text, timeout_ms: integer }),
  dns_type: text,
  respect_dns_ttl: flag,
  prefix_redirect: text,
  regex_redirect: pattern,
  redirect_response_code: oneOf(301, 302, 303, 307, 308),
  cluster_tag: text,
  regex_rewrite: pattern,
  cluster_max_connection_lifetime_ms: integer,
  allow_upgrade: texts,
  auth_context_extensions: mapOf(text),
  bypass_error_response_overrides: flag,
  error_response_overrides: filledList(errorResponse),
  labels: mapOf(list(mapOf({ type: "array" }))),
  query_parameters: mapOf(textOrFlag),
  regex_query_parameters: mapOf(text),
  v3health_checks: filledList(opaque),
  v3StatsName: text,
};

const { v3health_checks, v3StatsName, ...sharedWithV2 } = mappingV2;

export const mappingV3alpha1: Fields = {
  ...sharedWithV2,
  ambassador_id: texts,
  hostname: text,
  add_request_headers: mapOf(fields({ ...addedHeader, v2Representation: text })),
  add_response_headers: mapOf(fields({ ...addedHeader, v2Representation: text })),
  cors: cors(texts),
  remove_request_headers: texts,
  remove_response_headers: texts,
  tls: text,
  headers: mapOf(text),
  query_parameters: mapOf(text),
  health_checks: v3health_checks as Shape,
  stats_name: v3StatsName as Shape,
  v2ExplicitTLS: opaque,
  v2BoolHeaders: texts,
  v2BoolQueryParameters: texts,
};
