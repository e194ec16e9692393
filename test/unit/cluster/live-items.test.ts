import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ItemCutter } from "../../../src/cluster/live-items.ts";

/** The list, cut out of its text however it arrives and put together again. */
function reassembled(text: string, sizes: readonly number[]): unknown {
  const cutter = new ItemCutter();
  const bytes = Buffer.from(text);
  const items: unknown[] = [];
  let at = 0;
  for (let chunk = 0; at < bytes.length; chunk++) {
    const size = sizes[chunk % sizes.length] ?? 1;
    for (const item of cutter.cut(bytes.subarray(at, at + size))) items.push(JSON.parse(item));
    at += size;
  }
  const rest = JSON.parse(cutter.rest());
  if (items.length > 0) assert.deepEqual(rest.items, []);
  return items.length > 0 ? { ...rest, items } : rest;
}

const text = fc.oneof(
  fc.constantFrom('"items":[', "]}", '\\"', "\\", "{", "}", "[", ",", '"', "ünï→🌸", "items"),
  fc.string({ unit: "grapheme" }),
);
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    text,
    fc.integer(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(text, tie("value"), { maxKeys: 3 }),
  ),
})).value;
const object = fc.dictionary(text, value, { maxKeys: 4 });

test("the elements and the rest are the list again, however it arrives", () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        text.filter((key) => key !== "items"),
        value,
        { maxKeys: 3 },
      ),
      fc.tuple(fc.array(object, { maxLength: 5 }), fc.boolean()),
      fc.constantFrom(undefined, 1, "\t"),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (around, [items, isFirst], indent, sizes) => {
        const list = isFirst ? { items, ...around } : { ...around, items };
        const written = JSON.stringify(list, undefined, indent);
        assert.deepEqual(reassembled(written, sizes), JSON.parse(written));
      },
    ),
    { numRuns: 1000 },
  );
});

test("items that are not at the top are left alone", () => {
  for (const list of [
    { a: { items: [{ b: 1 }] } },
    { a: [{ items: [{}] }] },
    { 'x"items': [{ b: 1 }] },
    {},
  ]) {
    const cutter = new ItemCutter();
    assert.deepEqual(cutter.cut(Buffer.from(JSON.stringify(list))), []);
    assert.deepEqual(JSON.parse(cutter.rest()), list);
  }
});

test("elements that are no objects make the rest unreadable", () => {
  const cutter = new ItemCutter();
  assert.deepEqual(cutter.cut(Buffer.from('{"items":[{},1,{}]}')), ["{}", "{}"]);
  assert.deepEqual(JSON.parse(cutter.rest()), { items: [1] });
  const cut = new ItemCutter();
  cut.cut(Buffer.from('{"items":[{"a":1'));
  assert.throws(() => JSON.parse(cut.rest()));
});
