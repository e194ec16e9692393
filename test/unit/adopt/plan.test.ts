import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineContext } from "../../../src/admission/engine.ts";
import { planFor } from "../../../src/adopt/plan.ts";
import { emptyCluster, snapshotOf } from "../../../src/cluster/snapshot.ts";
import { defaultEngineSettings, type EngineSettings } from "../../../src/config/settings.ts";
import { keys } from "../../../src/seldon/annotations.ts";
import { decodeDeployment } from "../../../src/seldon/decode.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";
import { policyContext, policyWith } from "../../support/policies.ts";

const contextOf = (settings: Partial<EngineSettings> = {}): EngineContext => ({
  settings: { ...defaultEngineSettings, ...settings },
  cluster: emptyCluster(),
});

const plan = (raw: Json, settings?: Partial<EngineSettings>) => planFor(raw, "models", contextOf(settings));

function adopted(raw: Json, settings?: Partial<EngineSettings>): Json {
  const made = plan(raw, settings);
  assert.equal(made.kind, "adopt");
  return (made as { wanted: Json }).wanted;
}

const wrong = [{ name: "main", traffic: 40 }];

test("an object without its text is adopted, and then right", () => {
  const wanted = adopted(deploymentOf());
  assert.match(wanted.metadata.annotations[keys.config], /^# Made by/);
  assert.deepEqual(plan(wanted), { kind: "right" });
});

test("an outdated text is renewed", () => {
  const wanted = structuredClone(adopted(deploymentOf()));
  wanted.metadata.annotations[keys.retries] = "3";
  assert.match(adopted(wanted).metadata.annotations[keys.config], /num_retries/);
});

test("the author's own configuration is right as it is", () => {
  const text =
    "apiVersion: getambassador.io/v2\nkind: Mapping\nname: own\nprefix: /own/\nservice: iris-default.models:8000\n";
  assert.equal(plan(deploymentOf({ annotations: { [keys.config]: text } })).kind, "right");
  assert.equal(
    plan(deploymentOf({ annotations: { [keys.config]: "- broken" }, predictors: wrong })).kind,
    "right",
  );
});

test("an object on its way out is left alone", () => {
  const raw = deploymentOf();
  raw.metadata.deletionTimestamp = "2024-01-01T00:00:00Z";
  assert.equal(plan(raw).kind, "right");
});

test("what a rule stands against is rejected, with the reasons", () => {
  const made = plan(deploymentOf({ predictors: wrong }));
  assert.equal(made.kind, "rejected");
  assert.deepEqual(
    (made.kind === "rejected" ? made.reports : []).map(({ rule }) => rule),
    ["single-predictor-traffic"],
  );
  assert.equal(plan({ ...deploymentOf(), spec: { predictors: "many" } }).kind, "rejected");
  const shadow = { [keys.serviceName]: "nobody", [keys.shadow]: "true" };
  assert.equal(plan(deploymentOf({ annotations: shadow })).kind, "rejected");
});

test("an outdated text of what broke a rule since is left for its author", () => {
  const wanted = structuredClone(adopted(deploymentOf()));
  wanted.spec.predictors[0].traffic = 40;
  assert.equal(plan(wanted).kind, "rejected");
});

test("what carries its text and broke a rule since is for the audit", () => {
  const target = decodeDeployment(deploymentOf({ name: "target" }), "models").deployment;
  assert.ok(target);
  const annotations = { [keys.serviceName]: "target", [keys.shadow]: "true" };
  const known = { settings: defaultEngineSettings, cluster: snapshotOf([target]) };
  const made = planFor(deploymentOf({ name: "copy", annotations }), "models", known);
  assert.equal(made.kind, "adopt");
  assert.equal(plan((made as { wanted: Json }).wanted).kind, "right", "without its target");
});

test("nothing is to be done where nothing is carried", () => {
  assert.equal(plan(deploymentOf(), { carrier: "none" }).kind, "right");
  assert.equal(plan(deploymentOf({ predictors: wrong }), { carrier: "none" }).kind, "right");
  const wanted = adopted(adopted(deploymentOf()), { carrier: "none" });
  assert.equal(wanted.metadata.annotations[keys.config], undefined);
});

test("a change of the spec restarts pods, one of metadata does not", () => {
  const restarts = (raw: Json, settings?: Partial<EngineSettings>) => {
    const made = plan(raw, settings);
    return made.kind === "adopt" && made.restartsPods;
  };
  assert.equal(restarts(deploymentOf()), false);
  assert.equal(restarts(deploymentOf(), { carrier: "spec" }), true);
  const split = deploymentOf({
    predictors: [
      { name: "a", traffic: 50 },
      { name: "b", traffic: 50 },
    ],
  });
  assert.equal(restarts(split, { suppressDuplicates: true }), true);
  // The text of an earlier setting is taken away from spec.
  assert.equal(restarts(adopted(deploymentOf(), { carrier: "spec" })), true);
});

test("what only a limit of the policy was against before is adopted", () => {
  const annotations = { "seldon.io/rest-timeout": "60000" };
  const planUnder = (fields: Json) =>
    planFor(deploymentOf({ annotations }), "models", {
      ...contextOf(),
      policy: policyContext(policyWith(fields)),
    });
  const limits = [{ restTimeout: { max: 10_000 }, retries: { max: 1 } }];
  assert.equal(planUnder({ limits }).kind, "adopt");
  assert.equal(planUnder({ limits, defaults: [{ retries: 1 }] }).kind, "adopt");
  const wanted = { ...deploymentOf({ annotations, predictors: wrong }) };
  const context = { ...contextOf(), policy: policyContext(policyWith({ limits })) };
  assert.equal(planFor(wanted, "models", context).kind, "rejected");
});
