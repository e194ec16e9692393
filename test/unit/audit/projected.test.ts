import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineContext } from "../../../src/admission/engine.ts";
import { patchOf } from "../../../src/adopt/plan.ts";
import { auditProjected } from "../../../src/audit/projected.ts";
import { Pool } from "../../../src/cluster/intern.ts";
import { project } from "../../../src/cluster/projection.ts";
import { emptyCluster } from "../../../src/cluster/snapshot.ts";
import { defaultEngineSettings, type EngineSettings } from "../../../src/config/settings.ts";
import { applyPatch } from "../../../src/review/patch.ts";
import { keys } from "../../../src/seldon/annotations.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";
import { policyContext, policyWith } from "../../support/policies.ts";

const contextOf = (settings: Partial<EngineSettings> = {}): EngineContext => ({
  settings: { ...defaultEngineSettings, ...settings },
  cluster: emptyCluster(),
});

const mutated = (raw: Json, context: EngineContext): Json =>
  applyPatch(raw, patchOf(raw, raw.metadata.namespace, context)) as Json;

/** What is found about the object when only its projection is known. */
function found(raw: Json, context: EngineContext): readonly string[] {
  const projected = project({ ...raw, metadata: { ...raw.metadata, resourceVersion: "1" } }, new Pool());
  assert.ok(projected);
  return auditProjected(projected, context).map(
    ({ rule, severity, finding }) => `${severity} ${rule}: ${finding.message}`,
  );
}

const split = deploymentOf({
  predictors: [
    { name: "main", traffic: 75 },
    { name: "next", traffic: 25 },
  ],
});

const layouts: readonly Partial<EngineSettings>[] = [
  {},
  { suppressDuplicates: true },
  { carrier: "spec" },
  { carrier: "predictor", seldon: { ...defaultEngineSettings.seldon, ambassador: "disabled" } },
  { carrier: "none" },
];

for (const settings of layouts)
  test(`nothing is found about a mutated object: ${JSON.stringify(settings)}`, () => {
    const context = contextOf(settings);
    assert.deepEqual(found(mutated(split, context), context), []);
  });

test("a text that is missing is an error", () => {
  assert.deepEqual(found(split, contextOf()), [
    "error mapping-injected: the mutating webhook did not run or was overruled",
  ]);
});

test("a text made of other routing fields is an error", () => {
  const raw = structuredClone(mutated(split, contextOf()));
  raw.metadata.annotations[keys.retries] = "3";
  assert.deepEqual(found(raw, contextOf()), [
    "error mapping-injected: the generated text is of an earlier state of the object",
  ]);
});

test("a text made by other settings is a warning", () => {
  const raw = mutated(split, contextOf());
  const context = contextOf({
    ambassador: { ...defaultEngineSettings.ambassador, apiVersion: "getambassador.io/v3alpha1" },
  });
  assert.deepEqual(found(raw, context), [
    "warning mapping-injected: the target, the settings or this webhook changed since it was generated",
  ]);
});

test("a first line that was edited is an error", () => {
  const raw = structuredClone(mutated(split, contextOf()));
  raw.metadata.annotations[keys.config] = raw.metadata.annotations[keys.config].replace(
    "routing:",
    "routing: ",
  );
  assert.deepEqual(found(raw, contextOf()), ["error mapping-injected: the generated text was edited"]);
});

test("what was edited below the first line is not seen", () => {
  const raw = structuredClone(mutated(split, contextOf()));
  raw.metadata.annotations[keys.config] += "x: 1\n";
  assert.deepEqual(found(raw, contextOf()), []);
});

test("a text in spec that hides the one in metadata is an error", () => {
  const raw = structuredClone(mutated(split, contextOf({ carrier: "spec" })));
  const both = { ...raw, metadata: mutated(split, contextOf()).metadata };
  assert.deepEqual(found(both, contextOf()), [
    "error mapping-injected: this text is read instead of the one in metadata",
  ]);
});

test("rules about the object itself are judged as ever", () => {
  const raw = deploymentOf({ predictors: [{ name: "main", traffic: 40 }] });
  assert.match(found(raw, contextOf()).join(), /^error single-predictor-traffic: /);
});

const wrong = deploymentOf({
  predictors: [
    { name: "main", traffic: 60 },
    { name: "next", traffic: 50 },
  ],
});

test("an exemption counts unless it looks at labels, which nobody knows here: also at those that must be absent", () => {
  const severityUnder = (exemption: Json): string | undefined => {
    const policy = policyContext(
      policyWith({ exemptions: [{ reason: "r", namespaces: ["*"], ...exemption }] }),
    );
    return found(wrong, { ...contextOf(), policy })[0]?.split(" ")[0];
  };
  assert.equal(severityUnder({}), "warning");
  assert.equal(severityUnder({ objectSelector: { matchLabels: { a: "b" } } }), "error");
  const absent = { matchExpressions: [{ key: "a", operator: "DoesNotExist" }] };
  assert.equal(severityUnder({ objectSelector: absent }), "error");
});
