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
    deploymentOf({ predictors: [{ name: "main", traffic: 60 }, { name: "canary", traffic: 40 }] }),
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
      { numRuns: 500 },
    );
    assert.ok(injected > 100, `${injected} injected`);
  });

  test("on JSON, laid out or not", () => {
    fc.assert(
      fc.property(deployments, carriers, fc.constantFrom(undefined, 2, "\t"), (deployment, settings, space) => {
        const text = JSON.stringify(deployment, null, space);
        const source = parse(text);
        const injected = rewrite(source, reviewed(source, settings)).text;
        assert.equal(strippedText(injected), text);
      }),
      { numRuns: 300 },
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
      { numRuns: 2000 },
    );
  });
});
