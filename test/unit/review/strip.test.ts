import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import type { PatchOperation } from "../../../src/admission/types.ts";
import type { EngineSettings } from "../../../src/config/settings.ts";
import { formatFieldPath } from "../../../src/diagnostics/field-path.ts";
import { ambassadorKey } from "../../../src/mapping/configuration.ts";
import { mark } from "../../../src/mapping/marker.ts";
import { judge } from "../../../src/review/judge.ts";
import { yamlStream } from "../../../src/review/print-yaml.ts";
import { rewrite } from "../../../src/review/rewrite.ts";
import { deploymentsOf, parseSource, type Source } from "../../../src/review/source.ts";
import { type Stripped, strip } from "../../../src/review/strip.ts";
import { hostileText, plausibleDeployment } from "../../support/arbitraries.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";
import { settingsWith } from "../../support/injection.ts";
import { ourKey } from "./splice-annotations.ts";
import { spliceCases } from "./splice-cases.ts";

const parse = (text: string): Source => {
  const { source, problems } = parseSource("in.yaml", text);
  assert.deepEqual(problems, [], text);
  return source;
};

const stripped = (text: string): Stripped => strip(parse(text));
const strippedText = (text: string): string => stripped(text).rewriting.text;
const digest = "0123456789abcdef";
const ours = mark('"kind": "Mapping"\n', digest);
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

const carriers: fc.Arbitrary<EngineSettings> = fc
  .constantFrom(
    { carrier: "metadata" as const },
    { carrier: "metadata" as const, suppressDuplicates: true },
    { carrier: "spec" as const },
    { carrier: "spec" as const, suppressDuplicates: true },
    { carrier: "predictor" as const },
    { carrier: "none" as const },
  )
  .map(settingsWith);

const others = (): Json => ({ "seldon.io/ambassador-retries": "3" });

/** Deployments without any annotation, or with others than ours. */
const deployments = fc.oneof(
  plausibleDeployment,
  fc.constantFrom(
    deploymentOf({ predictors: [{ name: "main" }] }),
    deploymentOf({
      predictors: [
        { name: "main", traffic: 60 },
        { name: "canary", traffic: 40 },
      ],
    }),
    deploymentOf({ annotations: others(), inSpec: others(), predictors: [{ name: "main" }] }),
  ),
);

function reviewed(source: Source, settings: EngineSettings) {
  return judge(deploymentsOf([source]), { settings, existing: [] });
}

/** The same patch with texts of ours, under the key that is read where it adds them. */
function generated({ path, ...rest }: PatchOperation): PatchOperation {
  const value = "value" in rest ? rest.value : "";
  const text = mark(typeof value === "string" ? value : String(Object.values(value as Json)[0]), digest);
  const key = path.startsWith("/spec/predictors") ? ambassadorKey : ourKey;
  if (typeof value !== "string") return { op: "add", path, value: { [key]: text } };
  return { op: "add", path: path.replace(/[^/]*$/, key.replace("/", "~1")), value: text };
}

const newlineOf = (text: string): string => (text.includes("\r\n") ? "\r\n" : "\n");

describe("strip is the inverse of injection", () => {
  test("on what review -o yaml prints", () => {
    let injected = 0;
    fc.assert(
      fc.property(deployments, carriers, fc.constantFrom(2, 4), (deployment, settings, indent) => {
        const text = stringify(deployment, { indent, version: "1.1" });
        const source = parse(text);
        const printed = yamlStream([source], reviewed(source, settings)).text;
        if (printed !== text) injected += 1;
        assert.equal(strippedText(printed), text);
      }),
      { numRuns: 300 },
    );
    assert.ok(injected > 100, `${injected} injected`);
  });

  test("on JSON, laid out or not", () => {
    fc.assert(
      fc.property(
        deployments,
        carriers,
        fc.constantFrom(undefined, 2, "\t"),
        (deployment, settings, space) => {
          const text = JSON.stringify(deployment, null, space);
          const source = parse(text);
          const injected = rewrite(source, reviewed(source, settings)).text;
          assert.equal(strippedText(injected), text);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("on every style of YAML", () => {
    fc.assert(
      fc.property(spliceCases, ({ text, patch }) => {
        // An empty map of annotations goes with the text, and so would not come back.
        fc.pre(patch.every(({ op }) => op === "add") && !/annotations: *\{\s*(#[^\n]*\s*)?\}/.test(text));
        const source = parse(text);
        const changes = deploymentsOf([source]).map((object) => ({ object, patch: patch.map(generated) }));
        const injected = rewrite(source, changes).text;
        const end = text.endsWith("\n") || !injected.endsWith("\n") ? "" : newlineOf(text);
        const result = stripped(injected);
        assert.deepEqual(result.problems, []);
        assert.equal(result.rewriting.text, text + end);
      }),
      { numRuns: 1000 },
    );
  });
});

const block = (text: string, indent: string): string =>
  `|\n${text
    .trimEnd()
    .split("\n")
    .map((line) => `${indent}${line}\n`)
    .join("")}`;

const head = "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\n";

describe("what strip leaves", () => {
  const cases: [name: string, before: string, after: string][] = [
    [
      "comments around a text, in annotations that were not made here",
      `${head}metadata:\n  annotations: # who\n    # for the auditors\n    ${ourKey}: ${block(ours, "      ")}    # below\n  name: iris\n`,
      `${head}metadata:\n  annotations: {} # who\n    # for the auditors\n    # below\n  name: iris\n`,
    ],
    [
      "a comment on the line of a text",
      `${head}metadata:\n  annotations:\n    a: b\n    ${ourKey}: # why\n      ${JSON.stringify(ours)}\n  name: iris\n`,
      `${head}metadata:\n  annotations:\n    a: b\n    # why\n  name: iris\n`,
    ],
    [
      "a predictor whose annotations came first, as kubectl sorts them",
      `${head}metadata: {name: iris}\nspec:\n  predictors:\n  - annotations:\n      ${ambassadorKey}: ${block(ours, "        ")}    graph: {}\n  - annotations:\n      ${ambassadorKey}: ${JSON.stringify(ours)} # c\n    # d\n    name: b\n`,
      `${head}metadata: {name: iris}\nspec:\n  predictors:\n  - graph: {}\n  - # c\n    # d\n    name: b\n`,
    ],
    [
      "comments inside a text that was the first entry of a predictor",
      `${head}metadata: {name: iris}\nspec:\n  predictors:\n  - annotations:\n      ${ambassadorKey}: # c\n        # d\n        ${JSON.stringify(ours)} # e\n    name: b\n  - annotations:\n      ${ambassadorKey}: ${block(ours, "        ").replace("|", "| # f")}    name: b\n`,
      `${head}metadata: {name: iris}\nspec:\n  predictors:\n  - # c\n    # d\n    # e\n    name: b\n  - # f\n    name: b\n`,
    ],
    [
      "a predictor that had nothing else",
      `${head}metadata: {name: iris}\nspec:\n  predictors:\n  - annotations:\n      ${ambassadorKey}: ${block(ours, "        ")}  - name: b\n`,
      `${head}metadata: {name: iris}\nspec:\n  predictors:\n  - {}\n  - name: b\n`,
    ],
    [
      "annotations in braces",
      `${head}metadata: {annotations: {a: b, "${ourKey}": ${JSON.stringify(ours)}}, name: iris}\nspec: {annotations: {"${ourKey}": ${JSON.stringify(ours)}}}\n`,
      `${head}metadata: {annotations: {a: b}, name: iris}\nspec: {}\n`,
    ],
    [
      "a byte order mark, CRLF, other documents and an open last line",
      `\ufeff${head}metadata:\n  name: iris\n  annotations:\n    ${ourKey}: ${block(ours, "      ")}---\nkind: Other # c\na: "${ourKey}"`.replaceAll(
        "\n",
        "\r\n",
      ),
      `\ufeff${head}metadata:\n  name: iris\n---\nkind: Other # c\na: "${ourKey}"`.replaceAll("\n", "\r\n"),
    ],
    [
      "the items of a List, and what only looks like a deployment",
      `apiVersion: v1\nkind: List\nitems:\n- apiVersion: machinelearning.seldon.io/v1\n  kind: SeldonDeployment\n  metadata:\n    annotations:\n      ${ourKey}: ${JSON.stringify(ours)}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    annotations:\n      ${ourKey}: ${JSON.stringify(ours)}\n`,
      `apiVersion: v1\nkind: List\nitems:\n- apiVersion: machinelearning.seldon.io/v1\n  kind: SeldonDeployment\n  metadata: {}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    annotations:\n      ${ourKey}: ${JSON.stringify(ours)}\n`,
    ],
    [
      "fields of a wrong type beside a text",
      `${head}metadata:\n  annotations:\n    ${ourKey}: ${JSON.stringify(ours)}\nspec:\n  predictors: [1, null, {annotations: x}]\n  annotations: [a]\n`,
      `${head}metadata: {}\nspec:\n  predictors: [1, null, {annotations: x}]\n  annotations: [a]\n`,
    ],
  ];
  for (const [name, before, after] of cases)
    test(name, () => {
      const { rewriting, problems } = stripped(before);
      assert.deepEqual(problems, []);
      assert.equal(rewriting.text, after);
      assert.deepEqual(stripped(after).places, []);
    });

  test("every text of the author's own", () => {
    fc.assert(
      fc.property(fc.constantFrom("metadata", "spec"), hostileText, (place, text) => {
        const deployment = deploymentOf({ predictors: [{ name: "main" }] });
        deployment[place].annotations = { [ourKey]: `${text}\n${ours}` };
        deployment.spec.predictors[0].annotations = { [ambassadorKey]: "" };
        const written = `${JSON.stringify(deployment)}\n`;
        const { places, rewriting } = stripped(written);
        assert.deepEqual([places, rewriting.text], [[], written]);
      }),
    );
  });

  test("a text that two objects share is not taken from one of them", () => {
    const item = (annotations: string): string =>
      `- apiVersion: machinelearning.seldon.io/v1\n  kind: SeldonDeployment\n  metadata:\n    annotations: ${annotations}\n`;
    const shared = `{"${ourKey}": ${JSON.stringify(ours)}}`;
    const before = `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    annotations: &a ${shared}\n${item("*a")}`;
    const { problems, places } = stripped(before);
    assert.deepEqual(
      problems.map(({ line, message }) => [line, message]),
      [
        [
          8,
          "what the webhook wrote is shared through an anchor or a merge key, so it cannot be removed by itself",
        ],
      ],
    );
    assert.equal(places.length, 1);
  });
});

describe("kubectl's record of what was applied", () => {
  const object = (annotations: Json, inSpec?: Json): Json => ({
    apiVersion: "machinelearning.seldon.io/v1",
    kind: "SeldonDeployment",
    metadata: { annotations, name: "iris", namespace: "models" },
    spec: { ...(inSpec && { annotations: inSpec }), name: "a<b>\u00e9", predictors: [{ name: "main" }] },
  });
  // As Go writes it.
  const record = (value: Json): string =>
    `${JSON.stringify(value).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)}\n`;
  const exported = (applied: Json, annotations: Json = {}): Json =>
    object({ [lastApplied]: record(applied), ...annotations });

  const forms: [name: string, write: (value: Json) => string][] = [
    ["YAML", (value) => stringify(value)],
    ["YAML without folding", (value) => stringify(value, { lineWidth: 0 })],
    ["JSON", (value) => JSON.stringify(value, null, 4)],
  ];
  for (const [name, write] of forms)
    test(`loses our text and nothing else: ${name}`, () => {
      const before = write(
        exported(object({ [ourKey]: ours }, { [ourKey]: ours, a: "b" }), { [ourKey]: ours }),
      );
      const { places, rewriting } = stripped(before);
      assert.deepEqual(
        places.map(({ path }) => formatFieldPath(path)),
        [`metadata.annotations[${lastApplied}]`, `metadata.annotations[${ourKey}]`],
      );
      assert.deepEqual(
        parse(rewriting.text).objects.map(({ value }) => JSON.parse(JSON.stringify(value))),
        [exported(object({}, { a: "b" }))],
      );
    });

  test("keeps its layout where it is one line of a block", () => {
    const lines = (annotations: string): string =>
      `${head}metadata:\n  annotations:\n    ${lastApplied}: | # c\n      {"apiVersion":"machinelearning.seldon.io/v1","kind":"SeldonDeployment","metadata":{"annotations":${annotations},"name":"iris"},"spec":{"n":1.50}}\n  name: iris\n`;
    assert.equal(strippedText(lines(`{"${ourKey}":${JSON.stringify(ours)}}`)), lines("{}"));
  });

  test("is left alone when it cannot be read, or holds nothing of ours", () => {
    for (const text of ["", "{", "[]", "null", "a: b", `{"x":${JSON.stringify(ours)}}`, record(object({}))]) {
      const before = stringify(object({ [lastApplied]: text }));
      assert.deepEqual([stripped(before).places, strippedText(before)], [[], before]);
    }
  });
});
