import assert from "node:assert/strict";
import { test } from "node:test";
import { areDisjoint, labelsFor, selects } from "../../../src/doctor/selector.ts";

const expression = (operator: string, ...values: string[]) => ({
  matchExpressions: [{ key: "team", operator, values }],
});
const label = (team: string) => ({ matchLabels: { team } });

test("selectors select as the API server's do", () => {
  assert.equal(selects(undefined, {}), true);
  assert.equal(selects({}, { team: "a" }), true);
  assert.equal(selects(label("a"), { team: "a" }), true);
  assert.equal(selects(label("a"), {}), false);
  assert.equal(selects(expression("NotIn", "a"), {}), true);
  assert.equal(selects(expression("NotIn", "a"), { team: "a" }), false);
  assert.equal(selects(expression("Exists"), { team: "" }), true);
  assert.equal(selects(expression("DoesNotExist"), { team: "a" }), false);
});

test("selectors are disjoint when one label cannot please both", () => {
  const pairs = [
    [label("a"), label("b"), true],
    [label("a"), label("a"), false],
    [label("a"), {}, false],
    [label("a"), expression("DoesNotExist"), true],
    [expression("Exists"), expression("DoesNotExist"), true],
    [expression("In", "a", "b"), expression("NotIn", "a"), false],
    [expression("In", "a", "b"), expression("NotIn", "b", "a"), true],
    [label("a"), { matchLabels: { other: "b" } }, false],
  ] as const;
  for (const [one, other, expected] of pairs) {
    assert.equal(areDisjoint(one, other), expected);
    assert.equal(areDisjoint(other, one), expected);
  }
});

test("labels for a selector are ones that it selects", () => {
  assert.deepEqual(labelsFor({}), {});
  assert.deepEqual(labelsFor(expression("In", "a", "b")), { team: "a" });
  assert.deepEqual(labelsFor(expression("Exists")), { team: "true" });
  assert.deepEqual(labelsFor(expression("NotIn", "a")), {});
  assert.equal(labelsFor({ ...label("a"), ...expression("NotIn", "a") }), undefined);
});
