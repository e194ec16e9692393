import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeGraph } from "../../../src/seldon/graph.ts";

const at = ["spec", "predictors", 0, "graph"];

test("the nodes come root first, depth first", () => {
  const graph = {
    name: "root",
    children: [
      { name: "left", children: [{ name: "leaf", implementation: "SKLEARN_SERVER" }] },
      { name: "right" },
    ],
  };
  assert.deepEqual(decodeGraph(graph, at).units, [
    { name: "root", implementation: undefined },
    { name: "left", implementation: undefined },
    { name: "leaf", implementation: "SKLEARN_SERVER" },
    { name: "right", implementation: undefined },
  ]);
});

test("what is null or missing is not set", () => {
  assert.deepEqual(decodeGraph({ name: null, implementation: null, children: null }, at).units, [
    { name: "", implementation: undefined },
  ]);
  assert.deepEqual(decodeGraph({}, at).units, [{ name: "", implementation: undefined }]);
});

test("a wrong type is told with the path of its node", () => {
  const graph = { name: "root", children: [{ name: "a" }, { name: "b", children: [{ name: 5 }] }] };
  const [finding, ...others] = decodeGraph(graph, at).findings ?? [];
  assert.deepEqual(finding?.path, [...at, "children", 1, "children", 0, "name"]);
  assert.equal(finding?.value, 5);
  assert.deepEqual(others, []);
});

for (const [what, graph, path] of [
  ["a list of children that is a map", { children: {} }, ["children"]],
  ["a child that is null", { children: [null] }, ["children", 0]],
  ["a child that is a list", { children: [[]] }, ["children", 0]],
] as const)
  test(`${what} is a finding`, () => {
    assert.deepEqual(
      decodeGraph(graph, at).findings?.map((finding) => finding.path),
      [[...at, ...path]],
    );
  });

test("nesting costs no stack", () => {
  const levels = 100_000;
  const nested = (leaf: string): unknown =>
    JSON.parse('{"children":['.repeat(levels) + leaf + "]}".repeat(levels));
  assert.equal(decodeGraph(nested("{}"), at).units?.length, levels + 1);
  assert.equal(decodeGraph(nested("7"), at).findings?.[0]?.path.length, at.length + 2 * levels);
});
