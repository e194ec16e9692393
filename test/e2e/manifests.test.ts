import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { kubeconfigText } from "../control-plane/credentials.ts";
import type { KubectlResult } from "../control-plane/kubectl.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { appliesUnchanged, isSpeltOut, type Run, running } from "../support/applied.ts";
import type { Json } from "../support/deployment.ts";
import { base, ownName, render } from "../support/manifests.ts";
import { until } from "../support/seldon-cluster.ts";
import { startWebhook } from "../support/webhook-process.ts";

const name = ownName;
const objects = render(base) ?? [];
const { template } = objects.find(({ kind }) => kind === "Deployment")?.spec ?? {};

async function applies(run: Run): Promise<void> {
  const created = await run(`apply -k ${base}`);
  assert.equal(created.match(/ created$/gm)?.length, objects.length);
  await appliesUnchanged(run, base);
}

const kinds = ["mutating", "validating"].map((kind) => `${kind}webhookconfiguration/${name}`);

async function keepsBundle(plane: ControlPlane, run: Run): Promise<void> {
  // Any CA: what matters is who owns the field.
  const value = Buffer.from(plane.ca).toString("base64");
  const bundles = async (kind: string): Promise<readonly unknown[]> =>
    JSON.parse(await run(`get ${kind} -o json`)).webhooks.map((hook: Json) => hook.clientConfig.caBundle);
  for (const kind of kinds) {
    const paths = (await bundles(kind)).map((_, index) => `/webhooks/${index}/clientConfig/caBundle`);
    const patch = paths.map((path) => ({ op: "add", path, value }));
    await run(["patch", kind, "--type=json", "-p", JSON.stringify(patch)]);
  }
  await appliesUnchanged(run, base);
  await run(`apply --server-side --force-conflicts -k ${base}`);
  for (const kind of kinds) for (const bundle of await bundles(kind)) assert.equal(bundle, value, kind);
}

/** The pod that the Deployment would make, for the admission plugins that look at pods only. */
async function podIsAdmitted(plane: ControlPlane, run: Run): Promise<void> {
  const metadata = { ...template.metadata, name: "probe", namespace: name };
  const pod = { apiVersion: "v1", kind: "Pod", metadata, spec: template.spec };
  assert.equal(await run("create --dry-run=server -f -", pod), "pod/probe created (server dry run)\n");
  const asRoot = { ...pod, spec: { ...pod.spec, securityContext: { runAsUser: 0 } } };
  const input = JSON.stringify(asRoot);
  const { stderr } = await plane.kubectl(["create", "--dry-run=server", "-f", "-"], { input });
  assert.match(stderr, /violates PodSecurity "restricted:latest"/, "the restrictions are in force");
}

/** A kubeconfig with the token of a pod, which is all that it is known by. */
async function podKubeconfig(plane: ControlPlane, run: Run): Promise<string> {
  const token = (await run(`-n ${name} create token ${name}`)).trim();
  const file = join(dirname(plane.kubeconfig), "pod-kubeconfig");
  writeFileSync(file, kubeconfigText(plane.url, { ca: plane.ca, token }), { mode: 0o600 });
  return file;
}

type Ask = (args: string) => Promise<KubectlResult>;

const asking =
  (plane: ControlPlane, kubeconfig: string): Ask =>
  (args) =>
    plane.kubectl([`--kubeconfig=${kubeconfig}`, ...args.split(" ")]);

/** What a pod may do beside the view, asked for as the webhook does: the names are what limits it. */
async function keepsItsCertificate(ask: Ask): Promise<void> {
  const secret = `-n ${name} --field-selector=metadata.name=${name}-ca`;
  for (const args of [
    `get secrets ${secret}`,
    `get secrets ${secret} --watch --request-timeout=1s`,
    `-n ${name} create secret generic ${name}-ca`,
    ...kinds.map((kind) => `get ${kind.split("/")[0]} --field-selector=metadata.name=${name}`),
  ])
    assert.doesNotMatch((await ask(args)).stderr, /Forbidden/i, args);
  assert.match((await ask(`-n ${name} get secrets`)).stderr, /Forbidden/);
  assert.match((await ask(`-n ${name} delete secret ${name}-ca`)).stderr, /Forbidden/);
  assert.match((await ask(`get ${kinds[0]}`)).stderr, /Forbidden/, "nothing is read by get");
}

async function readsDeploymentsOnly(ask: Ask): Promise<void> {
  await until("the grant is known", async () => (await ask("get sdep --all-namespaces")).status === 0);
  const watched = await ask("get sdep --all-namespaces --watch --request-timeout=1s");
  assert.doesNotMatch(watched.stderr, /Forbidden/);
  assert.match((await ask("get sdep some -n default")).stderr, /\(NotFound\)/);
  for (const args of [
    ...["get secrets -A", "get pods -A", "get services -A", "get namespaces", "get configmaps -n default"],
    ...["get crd", "get validatingwebhookconfigurations", "get sdep some -n default --subresource=status"],
    ...["delete sdep some -n default", "create namespace other", `get secret ${name}-tls -n ${name}`],
  ]) {
    const { status, stderr } = await ask(args);
    assert.equal(status, 1, args);
    assert.match(stderr, /Forbidden/, args);
  }
}

async function mayDoNothingElse(ask: Ask): Promise<void> {
  const { stdout } = await ask("auth can-i --list -n default --no-headers");
  const rows = stdout.split("\n").filter((row) => /\[(?!\])[^\]]*\]\s*$/.test(row));
  const granted = rows
    .map((row) => row.trim().split(/\s{2,}/))
    .filter(
      ([resource]) =>
        resource !== undefined && !/(reviews|rules)\./.test(resource) && !resource.startsWith("["),
    );
  const configurations = (kind: string) => `${kind}webhookconfigurations.admissionregistration.k8s.io`;
  assert.deepEqual(granted.toSorted(), [
    [configurations("mutating"), "[]", `[${name}]`, "[list watch patch]"],
    ["seldondeployments.machinelearning.seldon.io", "[]", "[]", "[get list watch]"],
    [configurations("validating"), "[]", `[${name}]`, "[list watch patch]"],
  ]);
}

withControlPlane("manifests/base on a real API server", async (t, plane) => {
  await installCrd(plane.kubectl);
  const run = running(plane);
  await t.test("is accepted, and the second time nothing changes", () => applies(run));
  await t.test("leaves the API server no field to fill in", () => isSpeltOut(run, base, objects));
  await t.test("leaves caBundle to whoever wrote it", () => keepsBundle(plane, run));
  await t.test("makes pods that the namespace's own restrictions admit", () => podIsAdmitted(plane, run));
  const kubeconfig = await podKubeconfig(plane, run);
  const ask = asking(plane, kubeconfig);
  await t.test("lets a pod read SeldonDeployments, and refuses the rest", () => readsDeploymentsOnly(ask));
  await t.test("lets it keep its CA and caBundle", () => keepsItsCertificate(ask));
  await t.test("grants nothing else", () => mayDoNothingElse(ask));
  await t.test("grants what the webhook needs to become ready", async (t) => {
    const { decisions } = await startWebhook(t, plane, { kubeconfig });
    assert.deepEqual(decisions(), []);
  });
});
