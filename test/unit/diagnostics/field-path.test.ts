import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type FieldPath,
  formatFieldPath,
  fromJsonPointer,
  toJsonPointer,
} from "../../../src/diagnostics/field-path.ts";

const spellings: readonly [FieldPath, string, string][] = [
  [["spec", "predictors", 1, "traffic"], "spec.predictors[1].traffic", "/spec/predictors/1/traffic"],
  [
    ["metadata", "annotations", "seldon.io/ambassador-id"],
    "metadata.annotations[seldon.io/ambassador-id]",
    "/metadata/annotations/seldon.io~1ambassador-id",
  ],
  [["metadata", "annotations", "a~b/c"], "metadata.annotations[a~b/c]", "/metadata/annotations/a~0b~1c"],
  [["metadata", "annotations", "~1"], "metadata.annotations[~1]", "/metadata/annotations/~01"],
  [["metadata", "annotations", ""], "metadata.annotations[]", "/metadata/annotations/"],
  [[], "", ""],
];

for (const [path, formatted, pointer] of spellings)
  test(`${JSON.stringify(path)} is ${formatted || "the root"}`, () => {
    assert.equal(formatFieldPath(path), formatted);
    assert.equal(toJsonPointer(path), pointer);
    assert.deepEqual(fromJsonPointer(pointer), path);
  });

test("a number in a pointer is an index, a text that begins with one is a key", () => {
  assert.deepEqual(fromJsonPointer("/a/0/10/01/1a"), ["a", 0, 10, "01", "1a"]);
});

test("an index at the root stands without a dot", () => {
  assert.equal(formatFieldPath([0, "name"]), "[0].name");
});
