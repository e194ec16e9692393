import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfiguration } from "../../../src/mapping/custom.ts";
import { compiledExpressions, expressionsIn, maxExpressions } from "../../../src/rules/custom-expressions.ts";

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

/** What becomes of the expressions of one Mapping's headers. */
function compiled(expressions: readonly string[]) {
  const headers = expressions.map((each, index) => `  x-${index}: ${JSON.stringify(each)}\n`).join("");
  const parsed = parseConfiguration(`kind: Mapping\nregex_headers:\n${headers}`);
  const source = { text: "", place: "metadata" as const, predictor: undefined, path: [] };
  return [...compiledExpressions({ customs: [{ source, parsed }] })];
}

const problems = (expressions: readonly string[]) => compiled(expressions).map(({ problem }) => problem);

test("each is compiled once, and its size told", () => {
  const [good, bad] = compiled(["a.*", "a("]);
  assert.deepEqual([good?.problem, good?.size, bad?.size], [undefined, 13, Number.POSITIVE_INFINITY]);
  assert.match(bad?.problem ?? "", /^not a regular expression of RE2: /);
});

test("as many as may be are compiled; of more, one is told of", () => {
  const all = Array.from({ length: 2 * maxExpressions }, (_, index) => `a${index}`);
  assert.deepEqual(problems(all.slice(0, maxExpressions)).filter(Boolean), []);
  const found = problems(all);
  assert.equal(found.length, maxExpressions + 1);
  assert.deepEqual(found.filter(Boolean), ["is one of more than 500"]);
});

test("five hundred of the largest that Envoy takes are compiled", () => {
  const large = "a".repeat(196);
  assert.equal(compiled([large])[0]?.size, 200);
  assert.deepEqual(problems(Array(maxExpressions).fill(large)).filter(Boolean), []);
});

for (const [name, bomb] of [
  ["classes of Unicode under a repetition", String.raw`\pL{1000}`],
  ["repetitions of repetitions", "((a{100}){100}){100}"],
  ["what is no expression", "a("],
] as const)
  test(`of bombs, ${name}, five are compiled`, () => {
    const found = problems(Array(400).fill(bomb));
    assert.equal(found.length, 6);
    assert.equal(
      found.at(-1),
      "is not compiled: those before it are too large, or too many of them are wrong",
    );
  });
