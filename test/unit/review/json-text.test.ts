import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { jsonAsYaml } from "../../../src/review/json-text.ts";
import { readSources } from "../../../src/review/read.ts";

test("JSON laid out as YAML reads as the same value", async () => {
  await fc.assert(
    fc.asyncProperty(fc.json({ stringUnit: "grapheme" }), fc.boolean(), async (json, spaced) => {
      const text = `{"kind":"Foo","spec":${spaced ? JSON.stringify(JSON.parse(json), null, "\t") : json}}`;
      const yaml = `---\n${jsonAsYaml(text)}`;
      const { sources, problems } = await readSources(["-"], Readable.from([Buffer.from(yaml)]));
      assert.deepEqual(problems, []);
      assert.deepEqual(sources[0]?.objects[0]?.value, { kind: "Foo", spec: JSON.parse(json) });
    }),
  );
});

const layouts: readonly (readonly [json: string, yaml: string])[] = [
  ['{"a":[],"b":{}}', '{\n  "a": [],\n  "b": {}\n}\n'],
  ['{"a"\n:\t1}', '{\n  "a": 1\n}\n'],
  ["[12345678901234567890,1.0,1E5]", "[\n  12345678901234567890,\n  1.0,\n  1E5\n]\n"],
  ['"\\/ \\\\/ \\ud83d\\ude00 \\ud83d \\u00e9 \\n"', '"/ \\\\/ 😀 \ufffd \\u00e9 \\n"\n'],
  ['"\u2028\u0085\u007f\ufeff"', '"\\u2028\\u0085\\u007f\\ufeff"\n'],
  ['"{[,:]}"', '"{[,:]}"\n'],
];

for (const [json, yaml] of layouts) test(`lays out ${json}`, () => assert.equal(jsonAsYaml(json), yaml));
