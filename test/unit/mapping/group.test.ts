import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { circuitBreakersOf, groupKey } from "../../../src/mapping/group.ts";
import type { MappingFields } from "../../../src/mapping/types.ts";

describe("two Mappings share a route", () => {
  const alike: readonly [string, MappingFields, MappingFields][] = [
    ["whatever their names and services", { name: "a", service: "x" }, { name: "b", service: "y" }],
    ["in any order of headers", { headers: { a: "1", b: "2" } }, { headers: { b: "2", a: "1" } }],
    ["with no headers and with an empty map", {}, { headers: {} }],
    ["whether a header is an expression or not", { headers: { a: "1" } }, { regex_headers: { a: "1" } }],
    ["whether the prefix is an expression or not", { prefix_regex: true }, {}],
    ["with the default host written out", { host: "*" }, {}],
    ["with the default precedence written out", { precedence: 0 }, {}],
    ["whatever their weights", { weight: 10 }, { weight: 90, shadow: true }],
  ];
  for (const [what, a, b] of alike)
    test(what, () => {
      assert.equal(groupKey({ prefix: "/a/", ...a }), groupKey({ prefix: "/a/", ...b }));
    });

  const different: readonly [string, MappingFields, MappingFields][] = [
    ["prefix", { prefix: "/a/" }, { prefix: "/b/" }],
    ["header value", { headers: { a: "1" } }, { headers: { a: "2" } }],
    ["header presence", { headers: { a: "true" } }, { headers: { a: true } }],
    ["spelling of a header's name", { headers: { a: "1" } }, { headers: { A: "1" } }],
    ["method", { method: "GET" }, {}],
    ["host", { host: "a.example.com" }, {}],
    ["query parameter", { query_parameters: { a: "1" } }, {}],
    ["precedence", { precedence: 1 }, {}],
  ];
  for (const [what, a, b] of different)
    test(`not with another ${what}`, () => {
      assert.notEqual(groupKey(a), groupKey(b));
    });

  test("fields of the wrong type do no harm", () => {
    groupKey({ headers: [1], regex_headers: null, query_parameters: "x", prefix: {} });
  });
});

describe("the circuit breakers of a custom Mapping", () => {
  test("keep priority and numbers, and nothing else", () => {
    const circuit_breakers = [
      { priority: "high", max_connections: 64, other: 1 },
      { priority: "urgent", max_requests: "32", max_retries: 3 },
      "text",
    ];
    assert.deepEqual(circuitBreakersOf({ circuit_breakers }), [
      { priority: "high", max_connections: 64 },
      { max_retries: 3 },
    ]);
  });

  for (const circuit_breakers of [undefined, null, [], {}, "x"])
    test(`are none in ${JSON.stringify(circuit_breakers) ?? "nothing"}`, () => {
      assert.equal(circuitBreakersOf({ circuit_breakers }), undefined);
    });
});
