import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseSource } from "../../../src/review/source.ts";
import { parseValues } from "../../../src/review/values.ts";

/** What both readers make of a text must be the same, places and problems included. */
function assertSame(text: string): void {
  const { source, problems } = parseSource("f", text);
  const read = parseValues("f", text);
  assert.deepEqual(read.problems, problems);
  const paths = [[], ["metadata", "name"], ["spec", "predictors", 0], ["spec", "no such"]];
  const shown = (objects: typeof read.objects) =>
    objects.map(({ file, value, lineAt }) => ({ file, value, lines: paths.map((path) => lineAt(path)) }));
  assert.deepEqual(shown(read.objects), shown(source.objects));
}

const item = (rest = "") =>
  `{"apiVersion":"machinelearning.seldon.io/v1","kind":"SeldonDeployment","metadata":{"name":"a"}${rest}}`;

const texts = {
  "one object": item(',\n\n"spec": {\n"predictors": [\n{"traffic": 1.5e2}]}'),
  "a List": `{"apiVersion":"v1","kind":"List","items":[\n${item()},\n${item()}]}`,
  "a list of one kind, whose items do not name it": '{"apiVersion":"v1","kind":"FooList","items":[{"a":1}]}',
  "a List inside a List": '{"apiVersion":"v1","kind":"List","items":[{"kind":"List","items":[]}]}',
  "an item that is no object": '{"apiVersion":"v1","kind":"List","items":[1]}',
  "an item without a kind": '{"apiVersion":"v1","kind":"List","items":[\n{"apiVersion":"v1"}]}',
  "an object without a kind": '{"a":1}',
  "several values": `${item()}\n${item()}`,
  "no JSON": '{"kind":"Foo",}',
  "a list": "[1]",
  YAML: "kind: Foo\n---\n{kind: Bar}\n",
  "a byte order mark": `\ufeff${item()}`,
  "the same key twice": '{"kind":"Foo","kind":"Bar","a":{"b":1},"a":2}',
  "a key called __proto__": '{"kind":"Foo","__proto__":{"a":1}}',
  "a merge key": '{"kind":"Foo","<<":{"a":1}}',
  "an endless number": '{"kind":"Foo","a":1e999}',
  "a number beyond 64 bits": '{"kind":"Foo","a":123456789012345678901234567890}',
  "words of YAML": '{"kind":"Foo","a":["yes","null","0x10","1_000","~"],"b":[true,null,0.10]}',
  "a lone surrogate": '{"kind":"Foo","a":"\\ud800"}',
  "a lone surrogate in a key": '{"kind":"Foo","\\ud800":1}',
  "escapes and what YAML forbids": '{"kind":"Foo","a":"\\/\\u0000\\t\\u2028\u2028\u0085\u007f😀"}',
  "tabs between": '{\t"kind":\t"Foo"\t}',
  "depth at the limit": `{"kind":"Foo","a":${"[".repeat(498)}${"]".repeat(498)}}`,
  "depth beyond the limit": `{"kind":"Foo","a":${"[".repeat(600)}${"]".repeat(600)}}`,
};

for (const [what, text] of Object.entries(texts))
  test(`read for its values alone, it is the same: ${what}`, () => assertSame(text));

test("whatever JSON holds, reading for values alone gives the same", () => {
  const json = fc.json({ maxDepth: 4, stringUnit: "binary" });
  const spacing = fc.constantFrom("", " ", "\n", "\r\n  ");
  fc.assert(
    fc.property(json, json, spacing, (first, second, gap) => {
      assertSame(`{${gap}"kind":"Foo",${gap}"spec":${first},${gap}"metadata":${gap}${second}}`);
      assertSame(`{"kind":"List","apiVersion":"v1",${gap}"items":[${first},${gap}${second}]}`);
    }),
  );
});

test("100,000 levels are no stack overflow", () => {
  const { problems } = parseValues("f", `{"kind":"Foo","a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`);
  assert.match(problems[0]?.message ?? "", /nested deeper than 500 levels/);
});
