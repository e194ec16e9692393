import assert from "node:assert/strict";
import { test } from "node:test";
import { merged } from "../../../src/policy-test/merge.ts";

/** The examples of RFC 7386, appendix A. */
const examples: readonly (readonly [target: string, patch: string, result: string])[] = [
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', "{}"],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['["a","b"]', '["c","d"]', '["c","d"]'],
  ['{"a":"b"}', '["c"]', '["c"]'],
  ['{"a":"foo"}', "null", "null"],
  ['{"a":"foo"}', '"bar"', '"bar"'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ["[1,2]", '{"a":"b","c":null}', '{"a":"b"}'],
  ["{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
];

for (const [target, patch, result] of examples)
  test(`${target} with ${patch}`, () => {
    const given = JSON.parse(target);
    assert.deepEqual(merged(given, JSON.parse(patch)), JSON.parse(result));
    assert.deepEqual(given, JSON.parse(target));
  });

test("a key called __proto__ is a key", () => {
  const result = merged({}, JSON.parse('{"__proto__":{"a":1}}')) as object;
  assert.deepEqual(Object.keys(result), ["__proto__"]);
  assert.equal(Object.getPrototypeOf(result), Object.prototype);
});
