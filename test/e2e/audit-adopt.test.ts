import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { kubeconfigText } from "../control-plane/credentials.ts";
import { freePort } from "../control-plane/ports.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { type CommandResult, runCommand, startCommand } from "../support/command.ts";
import { deploymentOf, type Json } from "../support/deployment.ts";
import { serveInProcess, testFolder } from "../support/program.ts";
import { clientOf, createAll, group, listOf, run, sdep, until } from "../support/seldon-cluster.ts";

const namespace = "models";
const legacy = "legacy";
const key = "seldon.io/ambassador-config";

const breaker = "seldon.io/ambassador-circuit-breakers-max-requests";
const own = {
  [key]:
    "---\napiVersion: getambassador.io/v2\nkind: Mapping\nname: own\nprefix: /own/\nservice: own-default.models:8000\n",
};
const shadow = { "seldon.io/ambassador-service-name": "target", "seldon.io/ambassador-shadow": "true" };
const uneven: Json = deploymentOf({
  name: "uneven",
  namespace: legacy,
  predictors: [
    { name: "main", traffic: 60 },
    { name: "next", traffic: 60 },
  ],
});

/** What exists before the webhook does. */
const before = [
  sdep("iris", namespace),
  sdep("custom", namespace, own),
  sdep("target", namespace),
  sdep("copy", namespace, shadow),
  ...Array.from({ length: 8 }, (_, index) => labelled(sdep(`model-${index}`, namespace), "many")),
  uneven,
];

function labelled(raw: Json, team: string): Json {
  return { ...raw, metadata: { ...raw.metadata, labels: { team } } };
}

type Objects = ReadonlyMap<string, Json>;

async function stored(plane: ControlPlane): Promise<Objects> {
  const { items } = JSON.parse(await run(plane, "get sdep -A -o json")) as { items: Json[] };
  return new Map(items.map((raw) => [`${raw.metadata.namespace}/${raw.metadata.name}`, raw]));
}

const versions = (objects: Objects) =>
  Object.fromEntries([...objects].map(([name, raw]) => [name, raw.metadata.resourceVersion]));

const textOf = (objects: Objects, name: string): string =>
  objects.get(`${namespace}/${name}`)?.metadata.annotations?.[key] ?? "";

/** The object without what the adoption may change. */
function rest(raw: Json | undefined): Json {
  const { resourceVersion, generation, managedFields, annotations = {}, ...metadata } = raw?.metadata ?? {};
  const { [key]: _, ...others } = annotations;
  return { metadata: { ...metadata, annotations: others }, spec: raw?.spec, status: raw?.status };
}

/** The commands, on the cluster of a control plane. */
interface Cluster {
  readonly plane: ControlPlane;
  readonly on: (t: TestContext, ...args: string[]) => Promise<CommandResult>;
}

const assertEnd = (result: CommandResult, status: number, last: RegExp | string): void => {
  const line = result.stdout.trimEnd().split("\n").at(-1) ?? "";
  assert.equal(result.status, status, result.stdout + result.stderr);
  if (typeof last === "string") assert.equal(line, last);
  else assert.match(line, last);
};

async function auditNames(t: TestContext, { on }: Cluster): Promise<void> {
  const all = await on(t, "audit");
  assertEnd(all, 1, "13 deployments audited: 12 errors in 12 deployments, 0 warnings");
  assert.match(
    all.stdout,
    /^models\/iris has errors\n {2}error: metadata\.annotations\[seldon\.io\/ambassador-config\]: Required value: the mutating webhook did not run or was overruled \[mapping-injected\]\n {4}fix: /m,
  );
  assert.match(
    all.stdout,
    /^legacy\/uneven has errors\n {2}error: spec\.predictors.*totals? 120.*\[predictor-traffic-sum\]/m,
  );
  assert.doesNotMatch(all.stdout, /models\/custom/);
  const json = JSON.parse((await on(t, "audit", "-o", "json", "-n", legacy)).stdout);
  assert.deepEqual(json.summary, { audited: 1, faulty: 1, errors: 1, warnings: 0 });
  const [{ findings, ...object }] = json.objects;
  assert.deepEqual(object, { file: null, line: null, namespace: legacy, name: "uneven" });
  assert.deepEqual([findings[0].rule, findings[0].line], ["predictor-traffic-sum", null]);
  assertEnd(await on(t, "audit", "-n", "nowhere"), 0, /^0 deployments audited/);
}

async function unreachable(t: TestContext, { plane }: Cluster): Promise<void> {
  const server = `--kubeconfig=${plane.kubeconfig}`;
  await plane.restartApiServer(async () => {
    for (const command of ["audit", "adopt"]) {
      const { status, stderr } = await runCommand(t, command, server);
      assert.equal(status, 2);
      assert.match(stderr, /^error: https:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/m);
    }
  });
  const unnamed = await runCommand(t, "adopt");
  assert.deepEqual([unnamed.status, unnamed.stderr], [2, "error: name a cluster with --kubeconfig FILE\n"]);
}

async function nobodyAnswers(t: TestContext, { plane, on }: Cluster): Promise<void> {
  const earlier = versions(await stored(plane));
  const result = await on(t, "adopt", "-n", namespace);
  assertEnd(
    result,
    1,
    "12 deployments: 0 adopted, 1 already right, 0 rejected by rules, 0 conflicts, 0 failed, 11 not reached",
  );
  assert.match(result.stderr, /^error: no webhook answered for models\/copy, its text is as it was: /);
  assert.deepEqual(versions(await stored(plane)), earlier);
}

async function showsDifference(t: TestContext, { plane, on }: Cluster): Promise<void> {
  const earlier = versions(await stored(plane));
  const result = await on(t, "adopt", "--dry-run");
  assertEnd(result, 1, "13 deployments: 11 to adopt, 1 already right, 1 rejected by rules");
  assert.match(
    result.stdout,
    /^--- a\/models\/iris\n\+\+\+ b\/models\/iris\n@@ .*\n(.*\n){1,4}\+ {2}annotations:\n\+ {4}seldon\.io\/ambassador-config: \|\n\+ {6}# Made by seldon-ambassador-webhook/m,
  );
  assert.match(result.stdout, /^legacy\/uneven rejected by rules\n {2}error: /m);
  assert.deepEqual(versions(await stored(plane)), earlier);
}

/** `serve`, called by the API server until the end of the test. */
async function serving(t: TestContext, plane: ControlPlane) {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const served = await serveInProcess(
    t,
    `--port=${port}`,
    `--metrics-port=${metricsPort}`,
    "--drain-seconds=0",
    "--audit-interval-seconds=1",
    `--kubeconfig=${plane.kubeconfig}`,
    `--register=https://localhost:${port}`,
  );
  const input = JSON.stringify(sdep("probe", namespace));
  await until("the webhook is called", async () => {
    const { stdout } = await plane.kubectl(["create", "--dry-run=server", "-o", "json", "-f", "-"], {
      input,
    });
    return stdout.includes("Made by seldon-ambassador-webhook");
  });
  return { ...served, metricsPort };
}

async function otherSettings(t: TestContext, { plane, on }: Cluster): Promise<void> {
  const earlier = versions(await stored(plane));
  const result = await on(t, "adopt", "-n", namespace, "--ambassador-api-version=getambassador.io/v3alpha1");
  assertEnd(result, 1, /0 adopted.*11 not reached$/);
  assert.match(
    result.stderr,
    /^error: the webhook would give models\/copy another text than these settings ask for: /,
  );
  for (const setting of ["--carrier=spec", "--suppress-duplicates"]) {
    const refused = await on(t, "adopt", setting);
    assert.equal(refused.status, 2);
    assert.match(
      refused.stderr,
      /^error: with .* each adopted deployment restarts its pods: allow it by --restart-pods\n/,
    );
  }
  assert.deepEqual(versions(await stored(plane)), earlier);
}

async function interrupted(t: TestContext, { plane, on }: Cluster): Promise<void> {
  const args = ["adopt", `--kubeconfig=${plane.kubeconfig}`, "-l", "team=many"];
  const first = startCommand(t, ...args, "--rate=2");
  await until("two are adopted", () => first.stdout().split("adopted\n").length > 2);
  first.child.kill("SIGINT");
  assert.equal(await first.ended, 130, first.stdout() + first.stderr());
  const [, adopted, left] =
    /^8 deployments: (\d) adopted, 0 already right, .* (\d) not reached$/m.exec(first.stdout()) ?? [];
  assert.equal(Number(adopted) + Number(left), 8, first.stdout());
  const objects = await stored(plane);
  const done = [...objects.keys()].filter(
    (name) => /model-/.test(name) && textOf(objects, name.slice(7)) !== "",
  );
  assert.equal(done.length, Number(adopted));
  const again = await on(t, "adopt", "-l", "team=many", "--rate=50");
  assertEnd(
    again,
    0,
    `8 deployments: ${left} adopted, ${adopted} already right, 0 rejected by rules, 0 conflicts, 0 failed`,
  );
}

/** How often the API server has refused a patch for its version. */
async function conflictCount(plane: ControlPlane): Promise<number> {
  const page = await run(plane, "get --raw /metrics");
  const lines = page
    .split("\n")
    .filter((line) =>
      /^apiserver_request_total\{.*code="409".*resource="seldondeployments".*verb="PATCH"/.test(line),
    );
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

/** Status is written by the operator all the time, and no webhook sees it. */
async function conflicts(t: TestContext, { plane, on }: Cluster): Promise<void> {
  const client = clientOf(plane);
  let isBusy = true;
  const path = `/apis/${group}/v1/namespaces/${namespace}/seldondeployments/iris/status?fieldManager=operator`;
  const write = async (): Promise<void> => {
    for (let count = 0; isBusy; count++) {
      const body = { status: { description: `${count}` } };
      const call = { method: "PATCH", contentType: "application/merge-patch+json", body };
      await client.json(path, { ...call, signal: AbortSignal.timeout(10_000) });
    }
  };
  const earlier = await conflictCount(plane);
  const writing = [write(), write()];
  const adopting = on(t, "adopt", "-l", "team=botany", "-n", namespace);
  try {
    await until("there were conflicts", async () => (await conflictCount(plane)) >= earlier + 2);
  } finally {
    isBusy = false;
    await Promise.all(writing);
  }
  const result = await adopting;
  assertEnd(
    result,
    0,
    "4 deployments: 3 adopted, 1 already right, 0 rejected by rules, 0 conflicts, 0 failed",
  );
}

async function fixes(t: TestContext, { plane, on }: Cluster, earlier: Objects): Promise<void> {
  const objects = await stored(plane);
  for (const [name, raw] of objects) {
    const { status: _, ...kept } = rest(raw);
    const { status: __, ...was } = rest(earlier.get(name));
    assert.deepEqual(kept, was);
  }
  assert.match(textOf(objects, "iris"), /^# Made by seldon-ambassador-webhook/);
  assert.match(textOf(objects, "copy"), /"shadow": true/);
  assert.equal(textOf(objects, "custom"), own[key]);
  assertEnd(
    await on(t, "audit", "-n", namespace),
    0,
    "12 deployments audited: 0 errors in 0 deployments, 0 warnings",
  );
  const again = await on(t, "adopt");
  assertEnd(
    again,
    1,
    "13 deployments: 0 adopted, 12 already right, 1 rejected by rules, 0 conflicts, 0 failed",
  );
  assertEnd(await on(t, "adopt", "-n", namespace), 0, /^12 deployments: 0 adopted, 12 already right/);
  assert.deepEqual(versions(await stored(plane)), versions(objects));
}

async function renews(t: TestContext, { plane, on }: Cluster): Promise<void> {
  await run(plane, `-n ${namespace} annotate sdep target ${breaker}=7`);
  assert.doesNotMatch(textOf(await stored(plane), "copy"), /max_requests/);
  const found = await on(t, "audit", "--severity", "warning", "-n", namespace);
  assert.equal(found.status, 1, found.stdout);
  assert.match(
    found.stdout,
    /^models\/copy has warnings\n {2}warning: .*changed since it was generated \[mapping-injected\]/m,
  );
  assertEnd(await on(t, "audit", "-n", namespace), 0, /0 errors in 0 deployments, 1 warning$/);
  assertEnd(await on(t, "adopt", "-n", namespace), 0, /^12 deployments: 1 adopted, 11 already right/);
  assert.match(textOf(await stored(plane), "copy"), /max_requests/);
}

/** What `serve` says of its own audits. */
async function auditMetrics(metricsPort: number): Promise<readonly string[]> {
  const page = await (await fetch(`http://localhost:${metricsPort}/metrics`)).text();
  return page
    .split("\n")
    .filter((line) => /^seldon_ambassador_webhook_audit_(findings|deployments)/.test(line));
}

const metric = (name: string, value: number): string => `seldon_ambassador_webhook_audit_${name} ${value}`;
const uneventful = [
  metric("deployments", 13),
  metric('findings{rule="predictor-traffic-sum",severity="error"}', 1),
];

async function showsMetrics(metricsPort: number, lines: readonly string[]): Promise<void> {
  await until(`the metrics are ${lines}`, async () =>
    isDeepStrictEqual(await auditMetrics(metricsPort), lines),
  );
}

async function withFewerRights(t: TestContext, { plane }: Cluster): Promise<void> {
  await run(plane, `-n ${namespace} create serviceaccount adopter`);
  const token = (await run(plane, `-n ${namespace} create token adopter`)).trim();
  const file = join(testFolder(t), "kubeconfig");
  writeFileSync(file, kubeconfigText(plane.url, { ca: plane.ca, token }));
  const as = (...args: string[]) => runCommand(t, ...args, `--kubeconfig=${file}`, "-n", namespace);
  const denied = await as("audit");
  assert.equal(denied.status, 2);
  assert.match(denied.stderr, /^error: https:.* cannot list resource "seldondeployments"/);

  const role = `-n ${namespace} create role reader --resource=seldondeployments.${group} --verb=get,list`;
  await run(plane, role);
  await run(
    plane,
    `-n ${namespace} create rolebinding reader --role=reader --serviceaccount=${namespace}:adopter`,
  );
  await until("the rights are there", async () => (await as("audit")).status === 0);
  const partial = await as("audit");
  assert.match(partial.stderr, /^warning: only namespace models may be read: /);
  await run(plane, `-n ${namespace} annotate sdep target ${breaker}=9 --overwrite`);
  const failed = await as("adopt");
  assertEnd(failed, 1, /^12 deployments: 0 adopted, 11 already right, .* 1 failed$/);
  assert.match(failed.stdout, /^models\/copy failed: HTTP 403: .* cannot patch resource/m);

  await run(plane, `${role},patch`.replace("reader", "writer"));
  await run(
    plane,
    `-n ${namespace} create rolebinding writer --role=writer --serviceaccount=${namespace}:adopter`,
  );
  await until("the right is there", async () => (await as("adopt")).status === 0);
  assert.match(textOf(await stored(plane), "copy"), /"max_requests": 9/);
}

withControlPlane("audit and adopt on a real API server", async (t, plane) => {
  await installCrd(plane.kubectl);
  await run(
    plane,
    "apply -f -",
    listOf(
      ...[namespace, legacy].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    ),
  );
  await createAll(plane, before);
  const on: Cluster["on"] = (t, command = "", ...args) =>
    runCommand(t, command, `--kubeconfig=${plane.kubeconfig}`, ...args);
  const cluster = { plane, on };
  const earlier = await stored(plane);
  await t.test("audit names what was never mutated, and what is wrong", (t) => auditNames(t, cluster));
  await t.test("an API server out of reach is said so", (t) => unreachable(t, cluster));
  await t.test("adopt stops where no webhook answers", (t) => nobodyAnswers(t, cluster));
  await t.test("adopt --dry-run shows the difference and writes nothing", (t) => showsDifference(t, cluster));
  const { metricsPort } = await serving(t, plane);
  const missing = metric('findings{rule="mapping-injected",severity="error"}', 11);
  await t.test("serve counts what its own audits find", () =>
    showsMetrics(metricsPort, [...uneventful, missing]),
  );
  await t.test("adopt stops where the webhook has other settings", (t) => otherSettings(t, cluster));
  await t.test("adopt ends after the one under way when interrupted, and goes on later", (t) =>
    interrupted(t, cluster),
  );
  await t.test("adopt holds its own against another writer", (t) => conflicts(t, cluster));
  await t.test("adopted objects are right and otherwise as they were", (t) => fixes(t, cluster, earlier));
  await t.test("serve finds nothing about what was adopted", () => showsMetrics(metricsPort, uneventful));
  await t.test("a text that is out of date is found and renewed", (t) => renews(t, cluster));
  await t.test("less than all rights go as far as they reach", (t) => withFewerRights(t, cluster));
});
