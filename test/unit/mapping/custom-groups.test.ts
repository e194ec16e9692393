import assert from "node:assert/strict";
import { test } from "node:test";
import { ambassadorIds, mappingGroups } from "../../../src/mapping/custom-groups.ts";
import type { MappingFields } from "../../../src/mapping/types.ts";

/** The names in each group: `main,canary|shadow`. */
const groups = (...mappings: readonly MappingFields[]): readonly string[] =>
  mappingGroups(
    mappings.map((fields): { fields: MappingFields } => ({ fields: { prefix: "/a/", ...fields } })),
  ).map(({ mains, shadows }) =>
    [mains, shadows].map((part) => part.map(({ fields }) => fields.name).join()).join("|"),
  );

test("Mappings of one route are one group, shadows apart", () => {
  assert.deepEqual(groups({ name: "a" }, { name: "b", weight: 10 }, { name: "c", shadow: true }), ["a,b|c"]);
  assert.deepEqual(groups({ name: "a" }, { name: "b", prefix: "/b/" }), ["a|", "b|"]);
});

test("each Ambassador has groups of its own", () => {
  assert.deepEqual(groups({ name: "a", ambassador_id: "x" }, { name: "b" }), ["a|", "b|"]);
  assert.deepEqual(groups({ name: "a", ambassador_id: ["x", "y"] }, { name: "b", ambassador_id: "y" }), [
    "a|",
    "a,b|",
  ]);
  assert.deepEqual(
    groups({ name: "a", ambassador_id: ["x", "y"] }, { name: "b", ambassador_id: ["y", "x"] }),
    ["a,b|"],
  );
  assert.deepEqual(groups({ name: "a" }, { name: "b", ambassador_id: ["_automatic_"] }), ["a,b|"]);
  assert.deepEqual(groups({ name: "b", ambassador_id: ["_automatic_"] }), ["b|"]);
});

test("a Mapping without a usable prefix is in no group", () => {
  assert.deepEqual(groups({ name: "a", prefix: 1 }, { name: "b", prefix: undefined }), []);
});

test("ids that are no strings do not count", () => {
  assert.deepEqual(ambassadorIds({ ambassador_id: ["a", 1, null] }), ["a"]);
  assert.deepEqual(ambassadorIds({ ambassador_id: { a: 1 } }), ["default"]);
  assert.deepEqual(ambassadorIds({ ambassador_id: [] }), ["default"]);
});
