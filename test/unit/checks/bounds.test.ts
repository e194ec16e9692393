import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createWorkbench } from "../../../src/checks/environment.ts";
import { compile, unitsPerExpression } from "../../../src/checks/program.ts";
import { evaluated, problemWith, programOf, variablesOf } from "../../support/expressions.ts";

const count = 50_000;

/** An object as large as the API server takes it, of everything that could be too much. */
const object = {
  list: Array.from({ length: count }, (_, index) => index),
  maps: Array.from({ length: count }, () => ({})),
  wide: Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index])),
  text: "a".repeat(1_000_000),
  digits: "1".repeat(100_000),
  few: ["a", "b"],
};

const long = "object.text";

describe("an evaluation that would not end in time fails, for it was not paid for", () => {
  for (const text of [
    "object.list.all(i, object.list.all(j, i + j >= 0))",
    "object.list.all(i, object.maps.exists(j, object.wide.exists(k, true)))",
    "object.list.all(i, object.wide.exists(k, true))",
    "object.list.all(i, object.wide.size() > 0)",
    "object.wide in object.maps",
    "object.list.all(i, object.wide == object.wide)",
    // Errors are forgotten by these, but not what they cost.
    "object.list.exists(i, object.nope == 1)",
    "object.list.exists(i, object.list.exists(j, object.nope == 1)) || true",
    `${long}.contains("b" + ${long})`,
    `${long}.indexOf("b" + ${long}) == 1`,
    `${long}.split("").size() > 0`,
    `${long}.matches("(a+)+$")`,
    `object.list.map(i, ${long}).join() == ""`,
    `object.few.map(i, object.list).map(l, l + l + l + l).size() == 1`,
    `object.few.map(i, ${long}).map(t, t + t + t + t + t + t + t + t + t + t + t) == []`,
    `object.list.all(i, ${long}.lowerAscii() != "")`,
    `object.list.all(i, string(i) + "x" != "")`,
  ] as const)
    test(text, () => {
      const { outcome, units } = evaluated(text, { object });
      assert.equal(outcome.failure, "too costly");
      assert.equal(units, unitsPerExpression);
    });

  test("also where the rest would decide, because it was looked at", () => {
    const { outcome } = evaluated("object.list.all(i, object.list.all(j, true)) || true", { object });
    assert.equal(outcome.failure, "too costly");
  });

  test("a text that is too long for a number is not read", () => {
    for (const text of ["duration(object.digits) == duration('1s')", "int(object.digits) == 1"])
      assert.equal(evaluated(text, { object }).outcome.failure, "failed");
  });
});

test("what usual checks cost is far below what they may", () => {
  const usual = {
    metadata: { name: "iris", labels: { team: "ml" } },
    spec: { predictors: Array.from({ length: 5 }, (_, i) => ({ name: `p${i}`, replicas: i, traffic: 20 })) },
  };
  const text =
    'object.spec.predictors.all(p, p.replicas <= 5 && p.name.matches("^p[0-9]+$")) && object == object';
  const { outcome, units } = evaluated(text, { object: usual });
  assert.deepEqual(outcome, { value: true });
  assert.ok(units < unitsPerExpression / 100, `${units} units`);
});

test("evaluations share what is left for the object", () => {
  const purse = { left: 1000 };
  const variables = variablesOf({ object });
  const program = programOf("object.few.all(f, f != '')");
  assert.deepEqual(program.evaluate(variables, purse), { value: true });
  assert.ok(purse.left < 1000);
  assert.equal(programOf("object.list.all(i, i >= 0)").evaluate(variables, purse).failure, "too costly");
  assert.equal(purse.left, 0);
  assert.equal(program.evaluate(variables, purse).failure, "too costly");
});

describe("an expression that is too much to load is refused", () => {
  const steps = Array.from({ length: 20 }, () => ".map(a, a + a)").join("");
  for (const [text, message] of [
    [`[object.text]${steps} == []`, "more than 4 macros in each other"],
    ["[{1: 1}].all(a, [{a: a}].all(b, [{b: b}].all(c, true)))", "the keys of a map must be written out"],
    [`${"!".repeat(4000)}true`, "Exceeded maxAstNodes"],
    [`${"-".repeat(900)}1 == 1`, "nested deeper than 60 levels"],
    [`${"(".repeat(4000)}true`, "Exceeded maxDepth"],
    [`${"[".repeat(2000)}`, "Exceeded maxDepth"],
    [`1${"+1".repeat(300)} == 1`, "nested deeper than 60 levels"],
    [`[${"1,".repeat(1500)}1] == []`, "Exceeded max"],
    ["object.x.matches('a{1000}{1000}')", "no regular expression of RE2"],
    ["object.x.matches('((a{1,10}){1,10}){1,10}')", "the regular expression has"],
    [`object.x.matches('${"a".repeat(501)}')`, "regular expressions of more than 500 characters"],
  ] as const)
    test(text.slice(0, 60), () => {
      const problem = problemWith(text);
      assert.ok(problem?.message.startsWith(message), problem?.message ?? "nothing");
    });
});

const leaves = fc.constantFrom(
  ...[
    "true",
    "false",
    "1",
    "2.5",
    '"a"',
    "null",
    "[]",
    "[1, 2]",
    '{"a": 1}',
    "object",
    "object.list",
    "object.text",
  ],
  ...[
    "object.wide",
    "object.few",
    "object.nope",
    "oldObject",
    "request.name",
    "request.userInfo.username",
    "routes",
  ],
  ...["namespaceObject.metadata.labels", "x", "y"],
);

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie("expression");
  const binary = fc.constantFrom("+", "-", "*", "/", "%", "==", "!=", "<", ">=", "in", "&&", "||");
  const macro = fc.constantFrom("all", "exists", "exists_one", "map", "filter");
  const method = fc.constantFrom("contains", "startsWith", "split", "join", "indexOf", "matches", "orValue");
  return {
    expression: fc.oneof(
      { depthSize: "medium", withCrossShrink: true },
      leaves,
      fc.tuple(inner, binary, inner).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc
        .tuple(inner, macro, fc.constantFrom("x", "y"), inner)
        .map(([a, name, by, b]) => `${a}.${name}(${by}, ${b})`),
      fc.tuple(inner, method, inner).map(([a, name, b]) => `${a}.${name}(${b})`),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc
        .tuple(fc.constantFrom("size", "string", "int", "dyn", "!", "-", "has"), inner)
        .map(([f, a]) => `${f}(${a})`),
      fc.tuple(inner, inner).map(([a, b]) => `${a}[${b}]`),
      inner.map((a) => `${a}.?x.orValue(true)`),
    ),
  };
});

test("any expression ends, within its budget, and throws nothing", () => {
  const variables = variablesOf({ object });
  const bench = createWorkbench();
  const kinds = new Map<string, number>();
  fc.assert(
    fc.property(expression, (text) => {
      const { program, problem } = compile(`dyn(${text}) == dyn(true)`, "bool", bench);
      const purse = { left: unitsPerExpression };
      const outcome = program?.evaluate(variables, purse);
      const kind = problem ? "refused" : (outcome?.failure ?? "answered");
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      assert.ok(purse.left >= 0);
      if (problem) assert.ok(problem.offset >= 0 && problem.offset <= text.length + 20);
    }),
    { numRuns: 3000 },
  );
  // Else the generator would show nothing.
  for (const kind of ["refused", "failed", "answered"])
    assert.ok((kinds.get(kind) ?? 0) > 10, `${kind}: ${kinds.get(kind)}`);
});

test("any text is an expression or has a problem", () => {
  const bench = createWorkbench();
  fc.assert(
    fc.property(fc.string({ maxLength: 60, unit: "binary" }), (text) => {
      const { program, problem } = compile(text, "bool", bench);
      assert.ok(program !== undefined || problem.message !== "");
      program?.evaluate(variablesOf(), { left: 1000 });
    }),
    { numRuns: 2000 },
  );
});
