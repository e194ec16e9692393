import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  checkFields,
  type SchemaVersion,
  schemaVersion,
} from "../../../../src/mapping/custom-schema/check.ts";

const versions: readonly SchemaVersion[] = ["v1", "v2", "v3alpha1"];

/** `ok`, `unknown`, or what is wanted. */
function verdict(version: SchemaVersion, fields: object, kind = "Mapping"): string {
  const { problems, unknown } = checkFields({ kind, ...fields }, version);
  return unknown[0] ? "unknown" : (problems[0]?.wanted ?? "ok");
}

type Verdicts = readonly [v1: string, v2: string, v3alpha1: string];

const all = (text: string): Verdicts => [text, text, text];

const ok = all("ok");
const textWanted = all("must be a string");
const flagWanted = all("must be true or false");
const integerWanted = all("must be an integer");

const texts = ["rewrite", "method", "host_rewrite", "resolver"];
const flags = ["prefix_regex", "grpc", "shadow", "bypass_auth", "case_sensitive"];
const integers = [
  "weight",
  "precedence",
  "timeout_ms",
  "idle_timeout_ms",
  "connect_timeout_ms",
  "cluster_idle_timeout_ms",
];

const rows: readonly [string, object, Verdicts][] = [
  ["ambassador_id: a string", { ambassador_id: "blue" }, ["ok", "ok", "must be a list"]],
  ["ambassador_id: a list", { ambassador_id: ["blue", "green"] }, ok],
  ["ambassador_id: a list of numbers", { ambassador_id: [1] }, textWanted],
  ["hostname", { hostname: "*" }, ["unknown", "unknown", "ok"]],
  ["host", { host: "a.com" }, ok],
  ["headers: a string", { headers: { a: "b" } }, ok],
  ["headers: true", { headers: { a: true } }, ["ok", "ok", "must be a string"]],
  [
    "headers: a number",
    { headers: { a: 1 } },
    ["must be a string or true or false", "must be a string or true or false", "must be a string"],
  ],
  ["regex_headers: a string", { regex_headers: { a: ".*" } }, ok],
  ["regex_headers: true", { regex_headers: { a: true } }, textWanted],
  ...texts.flatMap((field): [string, object, Verdicts][] => [
    [`${field}: a string`, { [field]: "" }, ok],
    [`${field}: a number`, { [field]: 1 }, textWanted],
    [`${field}: null`, { [field]: null }, all("must not be null")],
  ]),
  ...flags.flatMap((field): [string, object, Verdicts][] => [
    [`${field}: true`, { [field]: true }, ok],
    [`${field}: "true"`, { [field]: "true" }, flagWanted],
  ]),
  ...integers.flatMap((field): [string, object, Verdicts][] => [
    [`${field}: 10`, { [field]: 10 }, ok],
    [`${field}: "10"`, { [field]: "10" }, integerWanted],
    [`${field}: 1.5`, { [field]: 1.5 }, integerWanted],
  ]),
  ["cluster_tag", { cluster_tag: "rest" }, ["unknown", "ok", "ok"]],
  [
    "circuit_breakers",
    {
      circuit_breakers: [
        { priority: "high", max_connections: 1, max_pending_requests: 1, max_requests: 1, max_retries: 1 },
      ],
    },
    ok,
  ],
  [
    "circuit_breakers: priority",
    { circuit_breakers: [{ priority: "low" }] },
    all("must be one of default, high"),
  ],
  ["circuit_breakers: a map", { circuit_breakers: {} }, all("must be a list")],
  ["circuit_breakers: another field", { circuit_breakers: [{ max: 1 }] }, all("unknown")],
  ...[
    "5xx",
    "gateway-error",
    "connect-failure",
    "retriable-4xx",
    "refused-stream",
    "retriable-status-codes",
  ].map((retry_on): [string, object, Verdicts] => [
    `retry_policy: ${retry_on}`,
    { retry_policy: { retry_on, num_retries: 3, per_try_timeout: "1s" } },
    ok,
  ]),
  [
    "retry_policy: two conditions",
    { retry_policy: { retry_on: "5xx,connect-failure" } },
    all(
      "must be one of 5xx, gateway-error, connect-failure, retriable-4xx, refused-stream, retriable-status-codes",
    ),
  ],
  ["tls: a string", { tls: "context" }, ok],
  ["tls: true", { tls: true }, ["ok", "ok", "must be a string"]],
  ...["round_robin", "ring_hash", "maglev", "least_request"].map((policy): [string, object, Verdicts] => [
    `load_balancer: ${policy}`,
    { load_balancer: { policy, cookie: { name: "a" }, header: "x", source_ip: true } },
    ok,
  ]),
  [
    "load_balancer: random",
    { load_balancer: { policy: "random" } },
    all("must be one of round_robin, ring_hash, maglev, least_request"),
  ],
  ["load_balancer: no policy", { load_balancer: {} }, all("has no policy")],
  ["add_request_headers: a string", { add_request_headers: { a: "b" } }, ["ok", "ok", "must be a map"]],
  [
    "add_request_headers: true",
    { add_request_headers: { a: true } },
    ["ok", "must be a string or a map", "must be a map"],
  ],
  ["add_response_headers: a map", { add_response_headers: { a: { value: "b", append: true } } }, ok],
  ["remove_request_headers: a string", { remove_request_headers: "a" }, ["ok", "ok", "must be a list"]],
  ["remove_response_headers: a list", { remove_response_headers: ["a"] }, ok],
  ["cors: a string", { cors: { origins: "a,b" } }, ["ok", "ok", "must be a list"]],
  ["cors: a list", { cors: { origins: ["a"], credentials: true, max_age: "60" } }, ok],
  ["regex_rewrite", { regex_rewrite: { pattern: "a", substitution: "b" } }, ["unknown", "ok", "ok"]],
  ["query_parameters: a string", { query_parameters: { a: "b" } }, ["unknown", "ok", "ok"]],
  ["query_parameters: true", { query_parameters: { a: true } }, ["unknown", "ok", "must be a string"]],
  ["labels", { labels: { ambassador: [{ group: ["a"] }] } }, ok],
  ["labels: a list", { labels: [] }, all("must be a map")],
  ["keepalive", { keepalive: { probes: 1, idle_time: 1, interval: 1 } }, ok],
  ["docs", { docs: { path: "/", ignored: false } }, ["unknown", "ok", "ok"]],
  ["allow_upgrade", { allow_upgrade: ["websocket"] }, ["unknown", "ok", "ok"]],
  ["a field of nobody", { weigth: 1 }, all("unknown")],
];

describe("the fields of a Mapping", () => {
  for (const [what, fields, expected] of rows)
    test(what, () => {
      assert.deepEqual(
        versions.map((version) => verdict(version, fields)),
        expected,
      );
    });
});

describe("the fields of a TLSContext", () => {
  const contexts: readonly [string, object, Verdicts][] = [
    ["hosts and secret", { hosts: [], secret: "a" }, ok],
    ["hosts: a string", { hosts: "*" }, all("must be a list")],
    ["ambassador_id: a string", { ambassador_id: "blue" }, ["ok", "ok", "must be a list"]],
    ["min_tls_version", { min_tls_version: "v1.3" }, ok],
    ["max_tls_version: 1.3", { max_tls_version: "1.3" }, all("must be one of v1.0, v1.1, v1.2, v1.3")],
    ["crl_secret", { crl_secret: "a" }, ["unknown", "unknown", "ok"]],
    ["a field of Mappings", { prefix_regex: true }, all("unknown")],
  ];
  for (const [what, fields, expected] of contexts)
    test(what, () => {
      assert.deepEqual(
        versions.map((version) => verdict(version, fields, "TLSContext")),
        expected,
      );
    });
});

test("other kinds have no schema", () => {
  assert.equal(verdict("v2", { anything: 1 }, "Module"), "ok");
  assert.equal(verdict("v2", { anything: 1 }, "constructor"), "ok");
});

test("both spellings of a version have one schema", () => {
  const read = ["ambassador/v0", "getambassador.io/v1", "ambassador/v2", "getambassador.io/v3alpha1"];
  assert.deepEqual(read.map(schemaVersion), ["v1", "v1", "v2", "v3alpha1"]);
  assert.deepEqual(
    ["ambassador/v3alpha1", "v2", "constructor", 2, null].map(schemaVersion),
    Array(5).fill(undefined),
  );
});

test("what is wrong is told with its path and its value, a few at most", () => {
  const { problems } = checkFields({ kind: "Mapping", retry_policy: { num_retries: "3" } }, "v2");
  assert.deepEqual(problems, [
    { path: ["retry_policy", "num_retries"], value: "3", wanted: "must be an integer" },
  ]);
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`field-${index}`, index]));
  assert.equal(checkFields({ kind: "Mapping", ...many }, "v2").unknown.length, 20);
});
