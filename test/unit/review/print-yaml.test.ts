import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { PatchOperation } from "../../../src/admission/types.ts";
import { applyPatch } from "../../../src/review/patch.ts";
import { type YamlStream, yamlStream } from "../../../src/review/print-yaml.ts";
import { deploymentsOf } from "../../../src/review/read.ts";
import { parseSource, type Source } from "../../../src/review/source.ts";
import { spliceCases } from "./splice-cases.ts";

const parse = (text: string): Source => {
  const { source, problems } = parseSource("in.yaml", text);
  assert.deepEqual(problems, [], text);
  return source;
};

const valuesOf = (source: Source) => source.objects.map(({ value }) => value);

function print(text: string, patch: readonly PatchOperation[]): YamlStream {
  const source = parse(text);
  const changes = deploymentsOf([source]).map((object) => ({ object, patch }));
  return yamlStream([source], changes);
}

function patchedValues(text: string, patch: readonly PatchOperation[]): unknown[] {
  const source = parse(text);
  const deployments = deploymentsOf([source]);
  return source.objects.map((object) =>
    deployments.includes(object) ? applyPatch(object.value, patch) : object.value,
  );
}

const commentsOf = (text: string): string[] => [...text.matchAll(/# c-\w+/g)].map(([comment]) => comment);

// Whatever line the patch has no business with.
const foreignLines = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .filter(
      (line) =>
        /apiVersion|kind|spec|predictors|default|1_0|labels|l: v|^\s*#/.test(line) &&
        !/not a comment|annotations|\{name: iris/.test(line),
    );

test("splicing keeps comments and foreign lines, and reads back as the patched objects", () => {
  fc.assert(
    fc.property(spliceCases, ({ text, patch }) => {
      const { text: printed, restated } = print(text, patch);
      assert.deepEqual(restated, [], "spliced, not written anew");
      assert.deepEqual(valuesOf(parse(printed)), patchedValues(text, patch));
      assert.deepEqual(commentsOf(printed), commentsOf(text));
      const kept = new Set(printed.split(/\r?\n/));
      assert.deepEqual(
        foreignLines(text).filter((line) => !kept.has(line)),
        [],
      );
    }),
    { numRuns: 2000 },
  );
});

test("without a patch the text stays as it is", () => {
  fc.assert(
    fc.property(spliceCases, ({ text }) => {
      assert.equal(print(text, []).text, text.endsWith("\n") ? text : `${text}\n`);
    }),
  );
});
