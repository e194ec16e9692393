import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfiguration } from "../../../src/mapping/custom.ts";
import { customExpressions, expressionsIn, maxExpressions } from "../../../src/rules/custom-expressions.ts";

test("expressions are the fields that Envoy compiles", () => {
  const fields = {
    prefix: "/a/.*",
    prefix_regex: true,
    method: "GET",
    method_regex: false,
    host: ".*",
    host_regex: true,
    headers: { a: "b" },
    regex_headers: { a: "b.*", c: 1 },
    regex_query_parameters: { d: "e" },
    regex_rewrite: { pattern: "f", substitution: "g" },
    regex_redirect: "h",
  };
  assert.deepEqual(
    expressionsIn(fields).map(({ path, expression }) => [path.join("."), expression]),
    [
      ["prefix", "/a/.*"],
      ["host", ".*"],
      ["regex_headers.a", "b.*"],
      ["regex_query_parameters.d", "e"],
      ["regex_rewrite.pattern", "f"],
    ],
  );
});

test("a text of very many expressions yields one more than are compiled", () => {
  const headers = Array.from({ length: 2 * maxExpressions }, (_, index) => `  x-${index}: a\n`).join("");
  const parsed = parseConfiguration(`kind: Mapping\nregex_headers:\n${headers}`);
  const source = { text: "", place: "metadata" as const, predictor: undefined, path: [] };
  assert.equal(customExpressions({ customs: [{ source, parsed }] }).length, maxExpressions + 1);
});
