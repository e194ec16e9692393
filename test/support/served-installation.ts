import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { mint } from "../../src/tls/mint.ts";
import { writePair } from "../../src/tls/pair-files.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import type { Json } from "./deployment.ts";
import { startKubeletStandIn } from "./kubelet-stand-in.ts";
import { type Result, runProgram } from "./program.ts";
import { run, until } from "./seldon-cluster.ts";
import { startWebhook, type WebhookProcess } from "./webhook-process.ts";

// There is no kubelet, no scheduler and no kube-proxy here. What they would do is written by hand: a pod that is ready,
// the endpoints of the Service, the status of the Deployment. The Service is an ExternalName for loopback, by which
// the API server really calls the webhook as `<service>.<namespace>.svc`; and the API server's port-forward really
// ends at the process, through a stand-in for the kubelet.

/** Of the Deployment, the Service, the configurations and their namespace. */
export const name = "seldon-ambassador-webhook";
const base = fileURLToPath(new URL("../../manifests/base/", import.meta.url));
const serviceHost = `${name}.${name}.svc`;
export const [mutating, validating] = [
  `mutatingwebhookconfiguration/${name}`,
  `validatingwebhookconfiguration/${name}`,
];

/** Merges into an object of that namespace, or of none. */
export const patch = (plane: ControlPlane, object: string, body: Json, ...flags: string[]): Promise<string> =>
  run(plane, ["-n", name, "patch", object, "--type=merge", ...flags, "-p", JSON.stringify(body)].join(" "));

/** An object of that namespace, or of none. */
export const get = async (plane: ControlPlane, object: string): Promise<Json> =>
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

/** The endpoints of the Service. */
export const slice = (ready: boolean): Json => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name: "slice", namespace: name, labels: { "kubernetes.io/service-name": name } },
  addressType: "IPv4",
  endpoints: [{ addresses: ["10.1.0.1"], conditions: { ready } }],
  ports: [],
});

/** A PodDisruptionBudget of these pods. */
export const budget = (matchLabels: Json): Json => ({
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

/** Installs the folder of manifests with a webhook process in its pod's place; `flags` are more of `serve`. */
export async function installServed(
  t: TestContext,
  plane: ControlPlane,
  { manifests = base, flags = [] }: { readonly manifests?: string; readonly flags?: readonly string[] } = {},
): Promise<WebhookProcess> {
  await installCrd(plane.kubectl);
  const certDir = join(dirname(plane.kubeconfig), "webhook-certs");
  writePair(certDir, await mint({ hosts: [serviceHost], days: 30, now: new Date() }));
  const webhook = await startWebhook(t, plane, { flags });
  await run(plane, `apply -k ${manifests}`);
  await makePods(plane, await startKubeletStandIn(t));
  await run(plane, "apply -f -", slice(true));
  await run(plane, "apply -f -", budget({ "app.kubernetes.io/name": name }));
  await lead(plane, Number(new URL(webhook.url).port), webhook.ca);
  return webhook;
}

const doctor = ({ kubeconfig }: ControlPlane): Promise<Result> =>
  runProgram(["doctor", `--kubeconfig=${kubeconfig}`]);

/** Waits until `doctor` ends so and says all of this. */
export async function doctorSays(plane: ControlPlane, code: number, ...expected: RegExp[]): Promise<Result> {
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
