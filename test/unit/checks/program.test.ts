import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createWorkbench } from "../../../src/checks/environment.ts";
import { compile } from "../../../src/checks/program.ts";
import { evaluated, problemWith, programOf } from "../../support/expressions.ts";

const object = {
  metadata: { name: "iris", labels: { team: "ml" }, constructor: "x" },
  spec: { replicas: 3, share: 0.5, numbers: [1, 2, 3], names: ["a", "b"], nothing: null },
};
const user = { username: "ann", groups: ["dev", "ml"] };

const holds = (text: string): unknown => {
  const { outcome } = evaluated(text, { object, user });
  return outcome.failure === undefined ? outcome.value : outcome.failure;
};

describe("an expression that is true", () => {
  for (const text of [
    'has(object.metadata.labels) && object.metadata.labels.team == "ml"',
    "!has(object.metadata.annotations)",
    "object.spec.replicas + 1 == 4",
    "object.spec.replicas > 2 && object.spec.share < 1",
    "-object.spec.replicas == -3",
    "7 / 2 == 3 && -7 % 2 == -1",
    "object.spec.numbers.all(i, i > 0)",
    "object.spec.numbers.exists(i, i == 2)",
    "object.spec.numbers.exists_one(i, i == 2)",
    "object.spec.numbers.map(i, i * 2) == [2, 4, 6]",
    "object.spec.numbers.map(i, i > 1, i * 2) == [4, 6]",
    "object.spec.numbers.filter(i, i > 1).size() == 2",
    'object.metadata.labels.all(key, key.startsWith("t"))',
    '"team" in object.metadata.labels && !("x" in object.metadata.labels)',
    'object.metadata.name in ["iris", "wine"]',
    'object.metadata.constructor == "x"',
    'object.spec.names.join(",") == "a,b"',
    'object.metadata.name.matches("^i.*s$") && object.metadata.name.matches("r")',
    "object.spec.nothing == null && has(object.spec.nothing)",
    'dyn(1) == 1.0 && dyn([1]) != dyn(["a"]) && object.spec.share == 0.5',
    'size("\u{1f600}") == 1 && "a" < "b"',
    'object.metadata.labels == {"team": "ml"}',
    'string(object.spec.replicas) + "x" == "3x"',
    "type(object.spec.replicas) == int && type(object.spec.share) == double",
    'duration("1h") > duration("59m")',
    'timestamp("2027-01-31T00:00:00Z").getFullYear() == 2027',
    "object.?spec.?missing.orValue(5) == 5 && !object.?spec.?missing.hasValue()",
    "true || object.spec.missing == 1",
    "object.spec.missing == 1 || true",
    "object.spec.numbers.exists(i, i / 0 == 1 || i == 2)",
    'request.operation == "CREATE" && request.namespace == "models" && !request.dryRun',
    'request.userInfo.username == "ann" && "ml" in request.userInfo.groups',
    'namespaceObject.metadata.name == "models" && namespaceObject.metadata.labels["tier"] == "gold"',
    "routes.all(r, r.weight == 100 && r.timeoutMs <= 5000 && !r.shadow)",
    'routes.exists(r, r.prefix.startsWith("/seldon/") && r.headers.size() == 0)',
    "oldObject == null",
    "// a comment\ntrue // another",
  ])
    test(JSON.stringify(text), () => assert.equal(holds(text), true));
});

describe("an expression that fails, and so is no yes", () => {
  for (const [text, failure] of [
    ["object.spec.missing == 1", "No such key: missing"],
    ["object.spec.missing == 1 && true", "No such key: missing"],
    ["oldObject.spec.replicas == 1", "No such key: spec"],
    ["object.spec.numbers[5] == 1", "index out of bounds"],
    ["9223372036854775807 + object.spec.replicas == 0", "integer overflow"],
    ["object.spec.replicas / 0 == 0", "division by zero"],
    ["!object.spec.replicas", "no such overload"],
    ['object.spec.replicas + "a" == "3a"', "no such overload"],
    ['object.spec.replicas.matches("a")', "matches() is for texts only"],
    ["int(object.metadata.name) == 1", "cannot convert to int"],
    ["object.spec.replicas && true", "requires bool"],
    ["object.toString == 1", "No such key: toString"],
    ["object.__proto__ == 1", "No such key: __proto__"],
  ] as const)
    test(text, () => {
      const { outcome } = evaluated(text, { object });
      assert.equal(outcome.failure, "failed");
      assert.ok(outcome.reason.includes(failure), outcome.reason);
    });
});

describe("an expression that asks who is writing, where nobody is", () => {
  for (const text of [
    'request.userInfo.username == "ann"',
    "has(request.userInfo.username)",
    '!("ml" in request.userInfo.groups)',
    'request.userInfo.username != "ann" && true',
  ])
    test(`${text}: nothing is known`, () => assert.equal(evaluated(text).outcome.failure, "unknown"));

  test("is answered where the rest decides", () => {
    const { outcome } = evaluated('request.operation == "CREATE" || request.userInfo.username == "ann"');
    assert.deepEqual(outcome, { value: true });
  });
});

describe("an expression that is refused when it is loaded", () => {
  for (const [text, offset, message] of [
    ["objct.spec == 1", 0, "Unknown variable: objct; did you mean object?"],
    ['request.operatoin == "x"', 8, "No such key: operatoin"],
    ["routes.all(r, r.prefx == '')", 16, "No such key: prefx"],
    ["namespaceObject.metadata.annotations == {}", 25, "No such key: annotations"],
    ["object.name.matchs('a')", 12, "there is no function matchs in checks; did you mean matches?"],
    ["nope(1)", 0, "there is no function nope in checks"],
    ["object.name.startsWith('a', 'b')", 12, "startsWith takes 1 arguments, not 2"],
    ["1 + 'a' == 2", 0, "no such overload: int + string"],
    ["request.name.startsWith(1)", 13, "found no matching overload for 'string.startsWith(int)'"],
    ["request.name == 1", 0, "no such overload: string == int"],
    ["object.x ==", 11, "Unexpected token: EOF"],
    ["object.x == 'a", 12, "Unterminated string"],
    ["true true", 5, "Unexpected character: 'e'"],
    ["1 + 1", 0, "gives int, not bool"],
    ["object.spec", 0, "gives dyn, not bool, as far as is known: compare it with a value, as in … == true"],
    ["object.x.matches('(?=a)')", 17, "no regular expression of RE2"],
    ["object.x.matches(object.y)", 17, "the regular expression must be written out, as a text"],
    ["object.x.all(1, true)", 13, "all(var, predicate) invalid predicate iteration variable"],
    ["{object.x: 1} == {}", 8, "the keys of a map must be written out"],
    ["cel.bind(a, 1, a == 1)", 4, "there is no function bind in checks"],
    ["b'{}'.json() == {}", 6, "there is no function json in checks"],
    ["evaluatorOfChecks(true)", 0, "there is no function evaluatorOfChecks in checks"],
  ] as const)
    test(text, () => {
      const problem = problemWith(text);
      assert.equal(problem?.offset, offset);
      assert.ok(problem.message.startsWith(message), problem.message);
    });

  test("a message that is no text", () => {
    const { problem } = compile("1 + 1", "string", createWorkbench());
    assert.deepEqual(problem, { message: "gives int, not string", offset: 0 });
  });
});

test("an expression knows what it reads", () => {
  const { reads } = programOf("object.list.all(r, r == request.name) && routes.size() > 0");
  assert.deepEqual([...reads], ["object", "request", "routes"]);
});
