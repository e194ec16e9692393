import assert from "node:assert/strict";
import { test } from "node:test";
import { documentName } from "../../../src/mapping/names.ts";

test("a plain name is its parts", () => {
  assert.equal(
    documentName(["seldon", "models", "iris", "a-b", "rest_mapping"]),
    "seldon_models_iris_a-b_rest_mapping",
  );
});

test("a dot is no part of it, and two names stay two", () => {
  const dotted = documentName(["seldon", "models", "iris.v2", "a", "rest_mapping"]);
  const dashed = documentName(["seldon", "models", "iris_v2", "a", "rest_mapping"]);
  assert.match(dotted, /^seldon_models_iris_v2_a_rest_mapping_[0-9a-f]{12}$/);
  assert.notEqual(dotted, dashed);
});

test("parts that could be read in two ways stay apart", () => {
  assert.notEqual(documentName(["seldon", "x_y", "z", "tls"]), documentName(["seldon", "x", "y_z", "tls"]));
  assert.notEqual(
    documentName(["seldon", "x_y", "z", "tls"]),
    documentName(["seldon", "x", "y", "z", "tls"]),
  );
});

test("no name is longer than 253 characters, whatever its parts", () => {
  for (const part of ["a".repeat(253), "ü".repeat(300), "\ud800", "\n---\n", "", "$HOME"]) {
    const name = documentName(["seldon", part, "rest_mapping"]);
    assert.match(name, /^[\w-]{1,253}$/);
  }
});
