import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfiguration } from "../../../src/mapping/custom.ts";
import type { DocumentSource } from "../../../src/mapping/yaml-source.ts";

function sourceOf(text: string): DocumentSource {
  const [document] = parseConfiguration(text).documents;
  assert.ok(document);
  return document.source;
}

test("unquoted scalars that are no strings are kept as they were written", () => {
  const { unquoted } = sourceOf('a: yes\nb: "yes"\nc: [010, x]\n"d/e": { f: ~ }\n');
  assert.deepEqual(
    [...unquoted],
    [
      ["/a", "yes"],
      ["/c/0", "010"],
      ["/d~1e/f", "~"],
    ],
  );
});

test("of two equal keys the last one counts", () => {
  assert.equal(sourceOf("a: yes\na: on\n").unquoted.get("/a"), "on");
});

test("keys that YAML 1.1 misreads are found at any depth", () => {
  const { misreadKeys } = sourceOf('n: 1\na: { b: [ { on: 1, 0x10: 2, 8080: 3, "no": 4 } ] }\n? \n: 5\n');
  assert.deepEqual(misreadKeys, [
    { parent: [], written: "n", read: "false" },
    { parent: [], written: "", read: "null" },
    { parent: ["a", "b", 0], written: "on", read: "true" },
    { parent: ["a", "b", 0], written: "0x10", read: "16" },
  ]);
});

test("a merge key is none of them", () => {
  assert.deepEqual(sourceOf("a: &a { b: c }\nd: { <<: *a }\n").misreadKeys, []);
});

test("variables are found however they are written", () => {
  const text = 'a: $HOME\nb: "x\\x24{NAME}"\n$KEY: 1\nc: "^a$|b$"\nd: "$ 5"\n# $COMMENT\ne: [ "a$1" ]\n';
  assert.deepEqual(sourceOf(text).variables, [
    { path: [], found: "$KEY" },
    { path: ["a"], found: "$HOME" },
    { path: ["b"], found: `$${"{NAME}"}` },
    { path: ["e", 0], found: "$1" },
  ]);
});

test("hostile texts cost little and list little", () => {
  const many = sourceOf(`a:\n${"  - { n: $A }\n".repeat(15_000)}`);
  assert.equal(many.misreadKeys.length, 20);
  assert.equal(many.variables.length, 20);
});
