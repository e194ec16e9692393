import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { readSources } from "../../../src/review/read.ts";
import { kubectlCases } from "./kubectl-cases.ts";

const read = (text: string) => readSources(["-"], Readable.from([Buffer.from(text)]));

for (const { name, text, reads } of kubectlCases)
  test(`reads like kubectl: ${name}`, async () => {
    const { sources, problems } = await read(text);
    const values = sources.flatMap(({ objects }) => objects.map(({ value }) => value));
    if (reads === "error") {
      assert.equal(values.length, 0);
      assert.equal(problems.length, 1, JSON.stringify(problems));
    } else {
      assert.deepEqual(problems, []);
      assert.deepEqual(values, reads);
    }
  });

test("differs from kubectl: text behind ... is an error, not ignored", async () => {
  const { problems } = await read("kind: Foo\n...\nkind: Bar\n");
  assert.deepEqual(problems, [{ file: "<stdin>", line: 3, message: 'kubectl ignores what follows "..."' }]);
});

test("differs from kubectl: bytes that are not UTF-8 are an error, not replaced", async () => {
  const bytes = Buffer.from([...Buffer.from("kind: Foo\nspec: "), 0xff, 0x0a]);
  const { problems } = await readSources(["-"], Readable.from([bytes]));
  assert.deepEqual(problems, [{ file: "<stdin>", message: "not UTF-8 text" }]);
});

test("differs from kubectl: more than 500 levels are an error", async () => {
  for (const nested of [`${"[".repeat(501)}${"]".repeat(501)}`, `\n  ${"- ".repeat(501)}a`]) {
    const { problems } = await read(`kind: Foo\nspec: ${nested}\n`);
    assert.equal(problems[0]?.message, "nested deeper than 500 levels");
  }
  const { problems } = await read(`kind: Foo\nspec: ${"[".repeat(490)}${"]".repeat(490)}\n`);
  assert.deepEqual(problems, []);
});

test("nesting without end and aliases without end are quick errors", async () => {
  const deep = `{"kind": ${"[".repeat(100_000)}`;
  const wide = ["kind: Foo", "a0: &a0 [x,x,x,x,x,x,x,x,x,x]"];
  for (let level = 1; level < 12; level += 1)
    wide.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(",")}]`,
    );
  const started = performance.now();
  const [first, second] = [await read(deep), await read(`${wide.join("\n")}\n`)];
  assert.match(first.problems[0]?.message ?? "", /nested deeper than 500 levels/);
  assert.match(second.problems[0]?.message ?? "", /repeats itself excessively/);
  assert.ok(performance.now() - started < 5000);
});

test("a key called __proto__ is a key", async () => {
  const { sources } = await read("kind: Foo\n__proto__: {a: 1}\n");
  const value = sources[0]?.objects[0]?.value ?? {};
  assert.deepEqual(Object.keys(value), ["kind", "__proto__"]);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});
