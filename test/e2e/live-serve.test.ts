import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { kubeconfigText } from "../control-plane/credentials.ts";
import { freePort } from "../control-plane/ports.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import type { Json } from "../support/deployment.ts";
import { type ServingProcess, serveInProcess, testFolder } from "../support/program.ts";
import { group, listOf, run, sdep, until } from "../support/seldon-cluster.ts";
import { tcpProxy } from "../support/tcp-proxy.ts";

const namespace = "models";
const kinds = ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"];

const shadowOf = (name: string, target: string) =>
  sdep(name, namespace, {
    "seldon.io/ambassador-service-name": target,
    "seldon.io/ambassador-shadow": "true",
  });

/** A kubeconfig for this port, the administrator's or with another token. */
function kubeconfig(t: TestContext, plane: ControlPlane, port: number, token?: string): string {
  const file = join(testFolder(t), "kubeconfig");
  const admin = plane.adminClientConfig.getCurrentUser()?.token ?? "";
  writeFileSync(file, kubeconfigText(`https://127.0.0.1:${port}`, { ca: plane.ca, token: token ?? admin }));
  return file;
}

const portOf = ({ url }: ControlPlane): number => Number(new URL(url).port);

interface Registered extends ServingProcess {
  readonly metric: (name: string) => Promise<number>;
}

/** `serve`, which registers itself at the API server behind this port. */
async function serving(t: TestContext, plane: ControlPlane, file: string): Promise<Registered> {
  // A test that fails must not leave the others with a webhook that nobody answers for.
  t.after(() => run(plane, `delete ${kinds.join(",")} --all`));
  const [port, metricsPort] = [await freePort(), await freePort()];
  const served = await serveInProcess(
    t,
    `--port=${port}`,
    `--metrics-port=${metricsPort}`,
    "--drain-seconds=0",
    `--kubeconfig=${file}`,
    `--register=https://localhost:${port}`,
  );
  const page = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const options = { host: "localhost", port: metricsPort, path: "/metrics", agent: false };
      get(options, (response) => resolve(text(response))).on("error", reject);
    });
  const metric = async (name: string): Promise<number> => {
    const line = (await page())
      .split("\n")
      .find((each) => each.startsWith(`seldon_ambassador_webhook_${name} `));
    return Number(line?.split(" ")[1]);
  };
  return { ...served, metric };
}

async function configurations(plane: ControlPlane): Promise<readonly string[]> {
  const names = await run(plane, `get ${kinds.join(",")} -o name`);
  return names
    .trim()
    .split("\n")
    .filter((name) => name !== "");
}

async function stop(served: ServingProcess, plane: ControlPlane): Promise<void> {
  served.child.kill("SIGTERM");
  assert.equal(await served.ended, 0, served.stdout());
  assert.deepEqual(await configurations(plane), []);
}

// The API server learns of a configuration a little after it was written.
const untilCalled = (plane: ControlPlane) =>
  until("both webhooks are called", async () => {
    const args = ["create", "--dry-run=server", "-o", "json", "-f", "-"];
    const good = await plane.kubectl(args, { input: JSON.stringify(sdep("probe", namespace)) });
    const bad = await plane.kubectl(args, { input: JSON.stringify(shadowOf("probe", "probe")) });
    return /Made by seldon-ambassador-webhook/.test(good.stdout) && bad.status === 1;
  });

async function accepted(t: TestContext, plane: ControlPlane): Promise<void> {
  const proxy = await tcpProxy(t, portOf(plane));
  const served = await serving(t, plane, kubeconfig(t, plane, proxy.port));
  await untilCalled(plane);
  assert.equal(await served.metric("cluster_synced"), 1);
  assert.equal((await configurations(plane)).length, 2);

  // Nothing reaches the view from here on; calls of their own still reach the API server.
  proxy.freeze();
  const both = listOf(sdep("target", namespace), shadowOf("copy", "target"));
  const printed = await run(plane, "apply -f -", both);
  assert.equal(printed, `seldondeployment.${group}/target created\nseldondeployment.${group}/copy created\n`);
  assert.equal(await served.metric("cluster_deployments"), 0);
  assert.ok((await served.metric('cluster_lookups_total{result="found"}')) >= 2);
  const stored = JSON.parse(await run(plane, `-n ${namespace} get sdep copy -o json`));
  assert.match(stored.metadata.annotations["seldon.io/ambassador-config"], /"shadow": true/);
  const unknown = JSON.stringify(shadowOf("other", "nobody"));
  const denied = await plane.kubectl(["apply", "-f", "-"], { input: unknown });
  assert.equal(denied.status, 1);
  assert.match(denied.stderr, /no SeldonDeployment nobody in namespace models/);

  proxy.thaw();
  await until("the view catches up", async () => (await served.metric("cluster_deployments")) === 2);
  await stop(served, plane);
  await run(plane, `-n ${namespace} delete sdep target copy`);
}

async function unanswerable(t: TestContext, plane: ControlPlane): Promise<void> {
  const proxy = await tcpProxy(t, portOf(plane));
  const served = await serving(t, plane, kubeconfig(t, plane, proxy.port));
  await untilCalled(plane);
  proxy.cut();
  const input = JSON.stringify(shadowOf("copy", "target"));
  const { status, stderr } = await plane.kubectl(["apply", "-f", "-"], { input });
  assert.equal(status, 1);
  assert.match(stderr, /InternalError.*failed calling webhook "validate\..*did not say whether there is/s);
  proxy.restore();
  assert.match(served.stdout(), /"reason":"network".*"msg":"cluster view cannot be kept up; trying again"/);
  await stop(served, plane);
}

async function writes(t: TestContext, plane: ControlPlane): Promise<void> {
  const served = await serving(t, plane, kubeconfig(t, plane, portOf(plane)));
  const { items } = JSON.parse(await run(plane, `get ${kinds.join(",")} -o json`));
  const hooks = (items as Json[]).flatMap(({ kind, webhooks }) =>
    webhooks.map((hook: Json) => ({ kind, hook })),
  );
  const told = hooks.map(({ kind, hook }) => {
    const [{ apiVersions, operations, scope }] = hook.rules;
    return {
      kind,
      path: new URL(hook.clientConfig.url).pathname,
      failurePolicy: hook.failurePolicy,
      reinvocationPolicy: hook.reinvocationPolicy,
      rule: [...apiVersions, ...operations, scope].join(" "),
      excluded: hook.namespaceSelector.matchExpressions[0].values,
    };
  });
  assert.deepEqual(told, [
    {
      kind: "MutatingWebhookConfiguration",
      path: "/mutate",
      failurePolicy: "Ignore",
      reinvocationPolicy: "IfNeeded",
      rule: "v1alpha2 v1alpha3 v1 CREATE UPDATE Namespaced",
      excluded: ["kube-system"],
    },
    {
      kind: "ValidatingWebhookConfiguration",
      path: "/validate",
      failurePolicy: "Fail",
      reinvocationPolicy: undefined,
      rule: "v1alpha2 v1alpha3 v1 CREATE UPDATE Namespaced",
      excluded: ["kube-system"],
    },
    {
      kind: "ValidatingWebhookConfiguration",
      path: "/validate",
      failurePolicy: "Ignore",
      reinvocationPolicy: undefined,
      rule: "v1alpha2 v1alpha3 v1 DELETE Namespaced",
      excluded: ["kube-system"],
    },
  ]);
  await untilCalled(plane);
  await run(plane, "apply -f -", sdep("short", namespace));
  await run(plane, `-n ${namespace} delete sdep short`);
  await stop(served, plane);
}

/** An account that may read, and write the first of the two configurations but not the second. */
async function halfAllowed(plane: ControlPlane): Promise<string> {
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const metadata = { name: "half" };
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "half" };
  const subjects = [{ kind: "ServiceAccount", name: "half", namespace }];
  const rules = [
    { apiGroups: [group], resources: ["seldondeployments"], verbs: ["get", "list", "watch"] },
    {
      apiGroups: ["admissionregistration.k8s.io"],
      resources: ["mutatingwebhookconfigurations"],
      verbs: ["create", "patch", "delete"],
    },
  ];
  await run(plane, `-n ${namespace} create serviceaccount half`);
  await run(
    plane,
    "apply -f -",
    listOf(
      { apiVersion, kind: "ClusterRole", metadata, rules },
      { apiVersion, kind: "ClusterRoleBinding", metadata, roleRef, subjects },
    ),
  );
  return (await run(plane, `-n ${namespace} create token half`)).trim();
}

async function tidiesUp(t: TestContext, plane: ControlPlane): Promise<void> {
  const file = kubeconfig(t, plane, portOf(plane), await halfAllowed(plane));
  await assert.rejects(serving(t, plane, file), (error: Error) => {
    assert.match(
      error.message,
      /error: --register: validatingwebhookconfiguration\/\S+ could not be written: HTTP 403/,
    );
    return true;
  });
  assert.deepEqual(await configurations(plane), []);
}

withControlPlane("serve with a real API server", async (t, plane) => {
  await installCrd(plane.kubectl);
  await run(plane, `create namespace ${namespace}`);
  await t.test("--register writes two configurations and takes them away again", (t) => writes(t, plane));
  await t.test("a start that fails half-way leaves nothing behind", (t) => tidiesUp(t, plane));
  await t.test("a target and its shadow in one file, however late the watch", (t) => accepted(t, plane));
  await t.test("a target that cannot be asked for is no denial", (t) => unanswerable(t, plane));
});
