import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import type { Json } from "../support/deployment.ts";
import { carriedBy, mappingsIn } from "../support/injection.ts";
import { fileOf, type Tenant, tenant } from "../support/tenant.ts";
import { startWebhook } from "../support/webhook-process.ts";
import { registerWebhook } from "../support/webhook-registration.ts";

/** A canary whose shares total 110. */
const broken = (name: string, metadata: Json = {}): Json => {
  const predictors = [
    { name: "main", traffic: 75 },
    { name: "canary", traffic: 35 },
  ];
  const { metadata: own, ...rest } = fileOf({ name, predictors });
  return { ...rest, metadata: { ...own, ...metadata } };
};

const shadowOf = (name: string, target: string, metadata: Json = {}): Json => {
  const annotations = { "seldon.io/ambassador-shadow": "true", "seldon.io/ambassador-service-name": target };
  const { metadata: own, ...rest } = fileOf({ name, annotations });
  return { ...rest, metadata: { ...own, ...metadata } };
};

const finalizers = ["example.com/cleanup"];
const removal = ["--type=merge", "-p", '{"metadata":{"finalizers":null}}'];
const warnsOfTotal = /^Warning: .*the live predictors total 110, not 100.* \[predictor-traffic-sum\]\n$/;
const sweeper = "--as=system:serviceaccount:kube-system:namespace-controller";

async function isGone(shop: Tenant, name: string): Promise<void> {
  assert.match(await shop.complaint(`get sdep ${name}`), /\(NotFound\)/);
}

async function losesFinalizer(shop: Tenant): Promise<void> {
  assert.match(await shop.warnings(["patch", "sdep", "held", ...removal]), warnsOfTotal);
  assert.equal((await shop.stored("held")).metadata.finalizers, undefined);
}

async function endsWithFinalizer(shop: Tenant): Promise<void> {
  await shop.quietly("delete sdep leaving --wait=false");
  assert.ok((await shop.stored("leaving")).metadata.deletionTimestamp);
  await shop.quietly("label sdep leaving tier=test");
  assert.equal(carriedBy(await shop.stored("leaving")), undefined, "an object on its way out is left alone");
  await shop.quietly(["patch", "sdep", "leaving", ...removal]);
  await isGone(shop, "leaving");
}

async function takesLabel(shop: Tenant): Promise<void> {
  const before = await shop.stored("broken");
  assert.match(await shop.warnings("label sdep broken tier=test"), warnsOfTotal);
  const after = await shop.stored("broken");
  assert.equal(after.metadata.labels.tier, "test");
  assert.deepEqual([carriedBy(after), after.spec], [undefined, before.spec]);
  assert.match(await shop.warnings("label sdep dangling tier=test"), /\[service-name-exists\]\n$/);
}

async function takesRepairOnly(shop: Tenant): Promise<void> {
  const change = (traffic: number): readonly string[] => {
    const patch = [{ op: "replace", path: "/spec/predictors/1/traffic", value: traffic }];
    return ["patch", "sdep", "broken", "--type=json", "-p", JSON.stringify(patch)];
  };
  assert.match(await shop.complaint(change(45)), /the live predictors total 120, not 100/);
  await shop.quietly(change(25));
  const weights = mappingsIn(carriedBy(await shop.stored("broken")) ?? "").map(({ weight }) => weight);
  assert.deepEqual(weights, [75, 75, 25, 25]);
}

async function injectsAtNextWrite(shop: Tenant): Promise<void> {
  assert.equal(carriedBy(await shop.stored("sound")), undefined);
  await shop.quietly("label sdep sound tier=test");
  assert.equal(mappingsIn(carriedBy(await shop.stored("sound")) ?? "").length, 2);
}

async function endsNamespace(plane: ControlPlane, doomed: Tenant): Promise<void> {
  const { namespace } = doomed;
  assert.equal((await plane.kubectl(["delete", "namespace", namespace, "--wait=false"])).status, 0);
  const late = await doomed.complaint("apply -f -", broken("late"));
  assert.match(
    late,
    /because it is being terminated/,
    "the API server refuses it, before any webhook is asked",
  );
  // Nobody sweeps here, so the test does what the namespace controller does, under its name.
  await doomed.quietly(`${sweeper} delete sdep --all --wait=false`);
  const held = await doomed.quietly("get sdep -o name");
  assert.equal(held, "seldondeployment.machinelearning.seldon.io/shadow\n", "its finalizer holds it");
  await doomed.quietly(["patch", "sdep", "shadow", ...removal]);
  assert.equal(await doomed.quietly("get sdep -o name"), "");
  const { metadata } = JSON.parse(await doomed.quietly(`get namespace ${namespace} -o json`));
  const finalized = { apiVersion: "v1", kind: "Namespace", metadata, spec: { finalizers: [] } };
  await doomed.quietly(`replace --raw /api/v1/namespaces/${namespace}/finalize -f -`, finalized);
  assert.match((await plane.kubectl(["get", "namespace", namespace])).stderr, /\(NotFound\)/);
}

withControlPlane("objects that are older than the webhook", async (t: TestContext, plane) => {
  await installCrd(plane.kubectl);
  const shop = await tenant(plane, "shop");
  const doomed = await tenant(plane, "doomed");
  await shop.quietly("apply -f -", [
    ...[broken("broken"), broken("held", { finalizers }), broken("leaving", { finalizers })],
    ...[shadowOf("dangling", "nobody"), fileOf({ name: "sound" })],
  ]);
  const guest = shadowOf("shadow", "target", { finalizers });
  await doomed.quietly("apply -f -", [broken("target"), guest]);
  await registerWebhook(plane, await startWebhook(t, plane));
  await t.test("a finalizer is removed from an invalid one", () => losesFinalizer(shop));
  await t.test("an invalid one with a finalizer is deleted", () => endsWithFinalizer(shop));
  await t.test("a label is put on an invalid one", () => takesLabel(shop));
  await t.test("an invalid one is repaired, and not made worse", () => takesRepairOnly(shop));
  await t.test("a sound one gets its configuration at its next write", () => injectsAtNextWrite(shop));
  await t.test("their namespace ends", () => endsNamespace(plane, doomed));
});
