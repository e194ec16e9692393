import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { FieldPath } from "../../../src/diagnostics/field-path.ts";
import { lineCounter } from "../../../src/review/line.ts";
import { parseSource } from "../../../src/review/source.ts";

const lineIn = (text: string, path: FieldPath, object = 0): number | undefined =>
  parseSource("in.yaml", text).source.objects[object]?.lineAt(path);

const text = `# comment
kind: Foo
defaults: &defaults
  traffic: 5
spec:
  predictors:
    - name: a
    - <<: *defaults
      name: b
      name: c
---

kind: Bar
metadata:
  annotations:
    seldon.io/x: |
      one
      two
    seldon.io/y: z
`;

const lines: readonly (readonly [path: FieldPath, line: number, object?: number])[] = [
  [[], 2],
  [["kind"], 2],
  [["spec"], 5],
  [["spec", "predictors"], 6],
  [["spec", "predictors", 1], 8],
  [["spec", "predictors", 1, "name"], 10],
  [["spec", "predictors", 1, "traffic"], 4],
  [["spec", "predictors", 1, "missing", "deeper"], 8],
  [["spec", "predictors", 2], 6],
  [["metadata", "annotations"], 2],
  [[], 13, 1],
  [["metadata", "annotations", "seldon.io/y"], 19, 1],
  [["metadata", "annotations", "seldon.io/injected"], 15, 1],
  [["metadata", "name", "x"], 14, 1],
];

for (const [path, line, object] of lines)
  test(`the line of ${JSON.stringify(path)}`, () => assert.equal(lineIn(text, path, object), line));

test("lines of JSON, of several values, with tabs", () => {
  const json = '{\n\t"kind": "Foo",\n\t"spec": {\n\t\t"a": [\n1, 2]}}\n{"kind":\n"Bar"}';
  assert.equal(lineIn(json, ["spec", "a", 1]), 5);
  assert.equal(lineIn(json, ["spec", "a"]), 4);
  assert.equal(lineIn(json, ["kind"], 1), 6);
});

test("lines of list items count in the file", () => {
  const list =
    "kind: List\nitems:\n- apiVersion: v1\n  kind: Foo\n  spec: 1\n- apiVersion: v1\n  kind: Foo\n  spec: 2\n";
  assert.equal(lineIn(list, ["spec"], 1), 8);
  assert.equal(lineIn(list, ["metadata"], 1), 6);
});

test("lines are counted as by splitting", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "\n", "\r") }), fc.nat(20), (text, offset) => {
      assert.equal(lineCounter(text)(offset), text.slice(0, offset).split("\n").length);
    }),
  );
});
