import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { doctorGrants } from "../../src/doctor/rights.ts";
import { mint } from "../../src/tls/mint.ts";
import { writePair } from "../../src/tls/pair-files.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { accountKubeconfig } from "../support/account.ts";
import type { Json } from "../support/deployment.ts";
import { startKubeletStandIn } from "../support/kubelet-stand-in.ts";
import { type Result, runProgram } from "../support/program.ts";
import { run, until } from "../support/seldon-cluster.ts";
import { startWebhook, type WebhookProcess } from "../support/webhook-process.ts";

// There is no kubelet, no scheduler and no kube-proxy here. What they would do is written by hand: a pod that is ready,
// the endpoints of the Service, the status of the Deployment. The Service is an ExternalName for loopback, by which
// the API server really calls the webhook as `<service>.<namespace>.svc`; and the API server's port-forward really
// ends at the process, through a stand-in for the kubelet.

const name = "seldon-ambassador-webhook";
const base = fileURLToPath(new URL("../../manifests/base/", import.meta.url));
const serviceHost = `${name}.${name}.svc`;
const [mutating, validating] = [
  `mutatingwebhookconfiguration/${name}`,
  `validatingwebhookconfiguration/${name}`,
];

const patch = (plane: ControlPlane, object: string, body: Json, ...flags: string[]): Promise<string> =>
  run(plane, ["-n", name, "patch", object, "--type=merge", ...flags, "-p", JSON.stringify(body)].join(" "));

const get = async (plane: ControlPlane, object: string): Promise<Json> =>
  JSON.parse(await run(plane, `-n ${name} get ${object} -o json`));

async function makePods(plane: ControlPlane, kubeletPort: number): Promise<void> {
  await run(plane, "create -f -", { apiVersion: "v1", kind: "Node", metadata: { name: "node" } });
  const addresses = [{ type: "InternalIP", address: "127.0.0.1" }];
  const daemonEndpoints = { kubeletEndpoint: { Port: kubeletPort } };
  await patch(plane, "node/node", { status: { addresses, daemonEndpoints } }, "--subresource=status");
  const { template } = (await get(plane, `deployment/${name}`)).spec;
  const spec = { ...template.spec, nodeName: "node" };
  const metadata = { name: "pod-1", namespace: name, labels: template.metadata.labels };
  await run(plane, "create -f -", { apiVersion: "v1", kind: "Pod", metadata, spec });
  const conditions = [{ type: "Ready", status: "True" }];
  await patch(plane, "pod/pod-1", { status: { phase: "Running", conditions } }, "--subresource=status");
  const status = { replicas: 2, readyReplicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  await patch(plane, `deployment/${name}`, { status }, "--subresource=status");
}

const slice = (ready: boolean): Json => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name: "slice", namespace: name, labels: { "kubernetes.io/service-name": name } },
  addressType: "IPv4",
  endpoints: [{ addresses: ["10.1.0.1"], conditions: { ready } }],
  ports: [],
});

const budget = (matchLabels: Json): Json => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name: "by-hand", namespace: name },
  spec: { maxUnavailable: 1, selector: { matchLabels } },
});

/** Leads the Service, and what calls it, to the port of a process. */
async function lead(plane: ControlPlane, port: number, ca: string): Promise<void> {
  await run(plane, `-n ${name} delete service ${name}`);
  await run(plane, "create -f -", {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: name },
    spec: {
      type: "ExternalName",
      externalName: "localhost",
      selector: { "app.kubernetes.io/name": name },
      ports: [{ name: "webhook", port, targetPort: port }],
    },
  });
  const caBundle = Buffer.from(ca).toString("base64");
  for (const kind of [mutating, validating]) {
    const { webhooks } = await get(plane, kind);
    for (const { clientConfig } of webhooks) Object.assign(clientConfig, { caBundle }).service.port = port;
    await patch(plane, kind, { webhooks });
  }
}

const doctor = ({ kubeconfig }: ControlPlane): Promise<Result> =>
  runProgram(["doctor", `--kubeconfig=${kubeconfig}`]);

async function says(plane: ControlPlane, code: number, ...expected: RegExp[]): Promise<Result> {
  let result: Result | undefined;
  const isSaid = async (): Promise<boolean> => {
    result = await doctor(plane);
    return result.code === code && expected.every((pattern) => pattern.test(result?.stdout ?? ""));
  };
  await until(`${expected.join(" ")}`, isSaid).catch((error: Error) =>
    assert.fail(`${error.message}\n${result?.code}\n${result?.stdout}${result?.stderr}`),
  );
  return result as Result;
}

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
  await installCrd(plane.kubectl);
  const certDir = join(dirname(plane.kubeconfig), "webhook-certs");
  writePair(certDir, await mint({ hosts: [serviceHost], days: 30, now: new Date() }));
  const webhook = await startWebhook(t, plane);
  await run(plane, `apply -k ${base}`);
  await makePods(plane, await startKubeletStandIn(t));
  await run(plane, "apply -f -", slice(true));
  await run(plane, "apply -f -", budget({ "app.kubernetes.io/name": name }));
  await lead(plane, Number(new URL(webhook.url).port), webhook.ca);

  await t.test("finds nothing wrong", () => allGood(plane));
  await t.test("a port-forward that is denied", (t) => portForwardDenied(t, plane));
  await t.test("a pod that nobody answers in", () => stopped(plane, webhook));
  await t.test("selectors that select nothing yet", () => nothingSelected(plane));
  await t.test("settings of the Deployment that are not those of the answers", () => otherSettings(plane));
  await t.test("a Deployment that is not what it should be", () => brokenDeployment(plane));
  await t.test("rights that were taken away", () => rightsTaken(plane));
});
