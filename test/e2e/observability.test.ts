import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { kubeconfigText } from "../control-plane/credentials.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import type { Json } from "../support/deployment.ts";
import { type ServingProcess, serveInProcess, testFolder } from "../support/program.ts";
import { run, sdep, until } from "../support/seldon-cluster.ts";

const namespace = "models";
const own = "seldon-ambassador-webhook";
const component = fileURLToPath(new URL("../../manifests/components/events/", import.meta.url));
const binding = `${component}cluster-role-binding.yaml`;

/** A deployment whose one predictor takes a part of the traffic, which is an error, or all of it. */
function model(name: string, traffic: number): Json {
  const object = sdep(name, namespace);
  object.spec.predictors[0].traffic = traffic;
  return object;
}

/** The account of the manifests, which may read, and what the component adds. */
async function account(plane: ControlPlane): Promise<string> {
  await run(plane, `create namespace ${own}`);
  await run(plane, `-n ${own} create serviceaccount ${own}`);
  await run(plane, `create clusterrole reader --verb=get,list,watch --resource=seldondeployments`);
  await run(plane, `create clusterrolebinding reader --clusterrole=reader --serviceaccount=${own}:${own}`);
  await run(plane, `apply -f ${component}cluster-role.yaml -f ${binding}`);
  return (await run(plane, `-n ${own} create token ${own}`)).trim();
}

interface Replica extends ServingProcess {
  /** The sum of a metric over the series that have these labels. */
  readonly metric: (name: string, labels?: string) => Promise<number>;
}

const page = (port: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const options = { host: "localhost", port, path: "/metrics", agent: false };
    get(options, (response) => resolve(text(response))).on("error", reject);
  });

async function replica(t: TestContext, plane: ControlPlane, token: string): Promise<Replica> {
  const file = join(testFolder(t), "kubeconfig");
  writeFileSync(file, kubeconfigText(plane.url, { ca: plane.ca, token }));
  const served = await serveInProcess(
    t,
    ...["--host=localhost", "--drain-seconds=0", `--kubeconfig=${file}`, "--carrier=none"],
    ...["--seldon-ambassador=v2", "--audit-events", "--audit-interval-seconds=1"],
  );
  const port = /metrics: http:\/\/localhost:(\d+)/.exec(served.stderr())?.[1] ?? "";
  const metric = async (name: string, labels = ""): Promise<number> => {
    const lines = (await page(port)).split("\n");
    return lines
      .filter((line) => line.startsWith(`seldon_ambassador_webhook_${name}`) && line.includes(labels))
      .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  };
  return { ...served, metric };
}

const told = (each: Replica): Promise<number> => each.metric("audit_events_total");

/** Waits until each replica has audited twice from now on: once from the beginning, whatever was under way. */
async function audited(replicas: readonly Replica[]): Promise<void> {
  const completed = (each: Replica) => each.metric("audit_runs_total", 'result="completed"');
  const before = await Promise.all(replicas.map(completed));
  await until("everybody has audited", async () => {
    const now = await Promise.all(replicas.map(completed));
    return now.every((count, index) => count >= (before[index] ?? 0) + 2);
  });
}

/** The lines about events in what kubectl prints of an object. */
async function described(plane: ControlPlane, name: string): Promise<readonly string[]> {
  const printed = await run(plane, `-n ${namespace} describe sdep ${name}`);
  const [, events = ""] = printed.split(/^Events:\s*/m);
  return events
    .trimEnd()
    .split("\n")
    .filter((line) => /^\s+(Warning|Normal)/.test(line) || line === "<none>")
    .map((line) => line.trim());
}

async function once(plane: ControlPlane, replicas: readonly Replica[]): Promise<void> {
  await run(plane, "apply -f -", model("wrong", 40));
  await run(plane, "apply -f -", model("sound", 100));
  await until("both replicas have said it", async () =>
    (await Promise.all(replicas.map(told))).every((count) => count >= 1),
  );
  await audited(replicas);
  const [line = "", ...more] = await described(plane, "wrong");
  assert.deepEqual(more, []);
  assert.match(line, /^Warning\s+AuditErrors\s+\S+\s+seldon-ambassador-webhook\s+error: spec\.predictors/);
  assert.match(line, /\[single-predictor-traffic\]/);
  assert.deepEqual(await described(plane, "sound"), ["<none>"]);
  const listed = await run(plane, `-n ${namespace} get events --field-selector reason=AuditErrors -o name`);
  assert.equal(listed.trim().split("\n").length, 1);
  const sum = async (result: string) =>
    (await Promise.all(replicas.map((each) => each.metric("audit_events_total", result)))).reduce(
      (a, b) => a + b,
    );
  assert.deepEqual([await sum('"created"'), await sum('"existing"')], [1, 1]);
}

async function changed(plane: ControlPlane, replicas: readonly Replica[]): Promise<void> {
  await run(plane, "apply -f -", model("wrong", 140));
  await until("the new finding is told", async () => (await described(plane, "wrong")).length === 2);
  await run(plane, "apply -f -", model("wrong", 100));
  await audited(replicas);
  const before = await Promise.all(replicas.map(told));
  await audited(replicas);
  assert.deepEqual(await Promise.all(replicas.map(told)), before);
  assert.equal((await described(plane, "wrong")).length, 2);
}

async function forbidden(plane: ControlPlane, [each]: readonly Replica[]): Promise<void> {
  assert.ok(each);
  await run(plane, `delete -f ${binding}`);
  await run(plane, "apply -f -", model("later", 40));
  await until("writing fails", async () => (await each.metric("audit_events_total", '"failed"')) >= 2);
  const complaints = each.stdout().match(/events about findings cannot be written/g);
  assert.equal(complaints?.length, 1);
  assert.match(
    each.stdout(),
    /"reason":"forbidden","detail":"HTTP 403: events\.events\.k8s\.io is forbidden/,
  );
  await run(plane, `apply -f ${binding}`);
  await until("it is told all the same", async () => (await described(plane, "later")).length === 1);
  await until("that is said", () => each.stdout().includes("events about findings are written again"));
}

/** A Go client, as API servers are, that was given another CA. */
async function untrusted(t: TestContext, plane: ControlPlane, [each]: readonly Replica[]): Promise<void> {
  assert.ok(each);
  const file = join(testFolder(t), "kubeconfig");
  writeFileSync(file, kubeconfigText(`https://localhost:${each.port}`, { ca: plane.ca, token: "none" }));
  const { status, stderr } = await plane.kubectl(["get", "--raw", "/healthz"], { env: { KUBECONFIG: file } });
  assert.equal(status, 1);
  assert.match(stderr, /x509: certificate signed by unknown authority/);
  assert.ok((await each.metric("broken_connections_total", '"untrusted"')) >= 1);
}

withControlPlane("what two replicas tell of a real cluster", async (t, plane) => {
  await installCrd(plane.kubectl);
  await run(plane, `create namespace ${namespace}`);
  const token = await account(plane);
  const replicas = await Promise.all([replica(t, plane, token), replica(t, plane, token)]);
  await t.test("a finding is one event on its object, whoever finds it", () => once(plane, replicas));
  await t.test("another finding is another event, and a repair is none", () => changed(plane, replicas));
  await t.test("without the right to create events the audit goes on", () => forbidden(plane, replicas));
  await t.test("a caller that does not trust the certificate is counted", (t) =>
    untrusted(t, plane, replicas),
  );
});
