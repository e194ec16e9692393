import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { doctorGrants } from "../../src/doctor/rights.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { accountKubeconfig } from "../support/account.ts";
import { run } from "../support/seldon-cluster.ts";
import {
  get,
  installServed,
  mutating,
  name,
  patch,
  doctorSays as says,
  slice,
  validating,
} from "../support/served-installation.ts";
import type { WebhookProcess } from "../support/webhook-process.ts";

async function allGood(plane: ControlPlane): Promise<void> {
  const { stdout } = await says(
    plane,
    0,
    /^ok {6}dry-run: a right one in default: accepted, with the text injected/m,
  );
  assert.match(
    stdout,
    /^ok {6}served-certificate: service\/\S+: CN=localhost .*, trusted by caBundle, .* left, seen through a port-forward to pod pod-1$/m,
  );
  assert.match(stdout, /^ok {6}service: service\/\S+: 1 ready endpoint$/m);
  assert.match(
    stdout,
    /^ok {6}deployment: deployment\/\S+: 2 replicas available, seldon-ambassador-webhook:\S+$/m,
  );
  assert.match(stdout, /^ok {6}rights: \S+: \d+ rights, all granted$/m);
}

async function brokenDeployment(plane: ControlPlane): Promise<void> {
  await run(plane, "apply -f -", slice(false));
  await patch(plane, `deployment/${name}`, { spec: { replicas: 1 } });
  await run(plane, `-n ${name} delete poddisruptionbudgets --all`);
  await run(plane, `-n ${name} set image pod/pod-1 webhook=${name}:9.9.9`);
  await says(
    plane,
    1,
    /^problem service: \S+: has 1 endpoints, none of them ready$/m,
    /^warning deployment: \S+: has one replica/m,
    /^warning deployment: \S+: no PodDisruptionBudget/m,
    /^warning deployment: \S+: pods of several versions answer: .*9\.9\.9/m,
  );
}

async function rightsTaken(plane: ControlPlane): Promise<void> {
  await run(plane, `delete clusterrolebinding ${name}`);
  await says(plane, 1, /^problem rights: \S+: its service account may not get seldondeployments/m);
}

/** All that `doctor` takes, and all but one right of it. */
async function portForwardDenied(t: TestContext, plane: ControlPlane): Promise<void> {
  const as = { ...plane, kubeconfig: await accountKubeconfig(t, plane, "doctor") };
  const rules = doctorGrants.filter(({ resources }) => !resources.includes("pods/portforward"));
  const role = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "doctor" },
  };
  await run(plane, "apply -f -", { ...role, rules });
  await run(plane, "create clusterrolebinding doctor --clusterrole=doctor --serviceaccount=default:doctor");
  await says(
    as,
    0,
    /^skipped served-certificate: \S+: cannot read the served certificate through a port-forward to pod pod-1 \(forbidden\)$/m,
    /^ok {6}rights: /m,
  );
  await run(plane, "apply -f -", { ...role, rules: doctorGrants });
  const { stdout } = await says(
    as,
    0,
    /^ok {6}served-certificate: .* seen through a port-forward to pod pod-1$/m,
  );
  assert.doesNotMatch(stdout, /forbidden/);
}

async function stopped(plane: ControlPlane, webhook: WebhookProcess): Promise<void> {
  await webhook.stop();
  await says(
    plane,
    1,
    /^skipped served-certificate: \S+: cannot read the served certificate through a port-forward to pod pod-1 \(.*ECONNREFUSED.*\)$/m,
    /^problem dry-run: a wrong one in default: the pod has just ended, or nothing listens there/m,
  );
  await webhook.start();
}

async function nothingSelected(plane: ControlPlane): Promise<void> {
  const namespaceSelector = { matchLabels: { "seldon-ambassador-webhook.io/enabled": "true" } };
  for (const kind of [mutating, validating]) {
    const { webhooks } = await get(plane, kind);
    for (const webhook of webhooks) webhook.namespaceSelector = namespaceSelector;
    await patch(plane, kind, { webhooks });
  }
  await says(plane, 1, /^problem dry-run: \S+: selects no namespace that exists/m);
  await run(plane, "create namespace models");
  await run(plane, "label namespace models seldon-ambassador-webhook.io/enabled=true");
  await says(plane, 0, /^ok {6}dry-run: a right one in models: accepted/m);
}

/** What the Deployment says is what is expected of the answers, also where a file of a ConfigMap says it. */
async function otherSettings(plane: ControlPlane): Promise<void> {
  await patch(plane, `configmap/${name}-settings`, { data: { "settings.yaml": '{"carrier":"spec"}' } });
  await says(
    plane,
    1,
    /^problem dry-run: a right one in models: accepted, but with another text than these settings ask for$/m,
  );
}

withControlPlane("doctor on a real API server, with a webhook behind a Service", async (t, plane) => {
  const webhook = await installServed(t, plane);

  await t.test("finds nothing wrong", () => allGood(plane));
  await t.test("a port-forward that is denied", (t) => portForwardDenied(t, plane));
  await t.test("a pod that nobody answers in", () => stopped(plane, webhook));
  await t.test("selectors that select nothing yet", () => nothingSelected(plane));
  await t.test("settings of the Deployment that are not those of the answers", () => otherSettings(plane));
  await t.test("a Deployment that is not what it should be", () => brokenDeployment(plane));
  await t.test("rights that were taken away", () => rightsTaken(plane));
});
