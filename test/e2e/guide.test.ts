import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { type Run, running } from "../support/applied.ts";
import type { Json } from "../support/deployment.ts";
import { ownName } from "../support/manifests.ts";
import { testFolder } from "../support/program.ts";
import { createAll, sdep, until } from "../support/seldon-cluster.ts";
import { installThirdPartyCrds } from "../support/third-party.ts";
import { startWebhook, type WebhookProcess } from "../support/webhook-process.ts";

const project = fileURLToPath(new URL("../../", import.meta.url));
const guide = readFileSync(join(project, "manifests/README.md"), "utf8");

/** The blocks of commands of the guide, by the names in the comments before them. */
const blocks = new Map(
  [...guide.matchAll(/<!-- run: (.*) -->\n```sh\n([\s\S]*?)```/g)].map(([, name = "", script = ""]) => [
    name,
    script,
  ]),
);
const followed = new Set<string>();

/** A reader of the guide with a shell. */
interface Reader {
  /** Runs a block; what it prints. It must succeed. */
  readonly follow: (name: string) => Promise<string>;
  readonly run: Run;
  readonly plane: ControlPlane;
}

/** `npx seldon-ambassador-webhook` is the program as it was built; all else is what the machine has. */
function shellFor(t: TestContext, { kubeconfig }: ControlPlane): Reader["follow"] {
  const folder = testFolder(t);
  mkdirSync(join(folder, "bin"));
  const npx = `#!/bin/sh\nshift\nexec '${process.execPath}' '${join(project, "dist/main.js")}' "$@"\n`;
  writeFileSync(join(folder, "bin/npx"), npx, { mode: 0o755 });
  // Paths are given from the root of the repository, and what is written is written elsewhere.
  const enter = `ln -sfn '${join(project, "manifests")}' manifests\n`;
  const env = { PATH: `${folder}/bin:${process.env.PATH}`, HOME: folder, KUBECONFIG: kubeconfig };
  return async (name) => {
    const script = blocks.get(name);
    assert.ok(script, `the guide has no block ${name}`);
    followed.add(name);
    const child = spawn("/bin/sh", ["-euc", enter + script], { cwd: folder, env });
    const [out, err, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    assert.equal(status, 0, `${name}\n${out}${err}`);
    return out + err;
  };
}

const kinds = ["mutating", "validating"].map((kind) => `${kind}webhookconfiguration`);

/**
 * No packet goes through a Service here, and no controller starts pods: a process takes the pods' place, and the
 * configurations call it by its address. Before they are applied again they are as they were.
 */
async function call(run: Run, webhook: WebhookProcess | undefined): Promise<void> {
  for (const kind of kinds) {
    const { webhooks } = JSON.parse(await run(`get ${kind} ${ownName} -o json`));
    const patch = webhooks.map((hook: Json, index: number) => {
      const path = hook.name.startsWith("mutate") ? "/mutate" : "/validate";
      const service = { name: ownName, namespace: ownName, path, port: 443 };
      const value =
        webhook === undefined
          ? { service }
          : { url: `${webhook.url}${path}`, caBundle: Buffer.from(webhook.ca).toString("base64") };
      return { op: "replace", path: `/webhooks/${index}/clientConfig`, value };
    });
    await run(["patch", kind, ownName, "--type=json", "-p", JSON.stringify(patch)]);
  }
}

/** Says of the Deployment what its controller would say of one whose pods are up, whenever it was applied. */
function standIn(t: TestContext, plane: ControlPlane): void {
  let isOver = false;
  const up = async (): Promise<void> => {
    while (!isOver) {
      const name = ["-n", ownName, "deployment", ownName];
      const { stdout, status } = await plane.kubectl(["get", ...name, "-o", "json"]);
      if (status === 0) {
        const { metadata, spec } = JSON.parse(stdout);
        const count = spec.replicas;
        const is = {
          observedGeneration: metadata.generation,
          replicas: count,
          updatedReplicas: count,
          readyReplicas: count,
          availableReplicas: count,
        };
        const patch = JSON.stringify({ status: is });
        await plane.kubectl(["patch", ...name, "--subresource=status", "--type=merge", "-p", patch]);
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };
  const running = up();
  t.after(() => {
    isOver = true;
    return running;
  });
}

const bad = (name: string): Json => {
  const object = sdep(name, "models");
  object.spec.predictors = [
    { ...object.spec.predictors[0], name: "main", traffic: 60 },
    { ...object.spec.predictors[0], name: "next", traffic: 60 },
  ];
  return object;
};

async function create({ plane }: Reader, object: Json): Promise<string> {
  const { stdout, stderr } = await plane.kubectl(["create", "--dry-run=server", "-f", "-"], {
    input: JSON.stringify(object),
  });
  return stdout + stderr;
}

const untilJudged = (reader: Reader, object: Json, answer: RegExp) =>
  until(`the answer is ${answer}`, async () => answer.test(await create(reader, object)));

const elsewhere = (object: Json): Json => ({
  ...object,
  metadata: { ...object.metadata, namespace: "other" },
});

async function firstSteps(reader: Reader, webhook: WebhookProcess): Promise<void> {
  const { follow, run } = reader;
  await follow("one namespace");
  await call(run, webhook);
  await untilJudged(reader, bad("wrong"), /\[predictor-traffic-sum\]/);
  assert.match(await create(reader, elsewhere(bad("wrong"))), /created \(server dry run\)/);
  const asked = await follow("ask");
  assert.match(asked, /is invalid: .*\[predictor-traffic-sum\]/s);
  assert.match(asked, /# Made by seldon-ambassador-webhook/);
  const adopted = await follow("what exists");
  assert.match(adopted, /^1 deployments?: 1 to adopt/m);
  assert.match(adopted, /^1 deployments?: 1 adopted/m);
}

async function widens(reader: Reader, webhook: WebhookProcess): Promise<void> {
  const { follow, run, plane } = reader;
  const policies = async () =>
    JSON.parse(await run(`get ${kinds[1]} ${ownName} -o json`)).webhooks.map(
      (hook: Json) => hook.failurePolicy,
    );
  await call(run, undefined);
  await follow("every namespace");
  await call(run, webhook);
  await untilJudged(reader, elsewhere(bad("wrong")), /\[predictor-traffic-sum\]/);
  assert.deepEqual(await policies(), ["Ignore", "Ignore"]);
  await call(run, undefined);
  await follow("failing closed");
  await call(run, webhook);
  assert.deepEqual(await policies(), ["Fail", "Ignore"]);
  await untilJudged(reader, bad("wrong"), /\[predictor-traffic-sum\]/);
  await createAll(plane, [sdep("second", "other")]);
}

/** A Service as the operator in v1 mode makes it, and Mappings as it left them in v2 mode. */
async function leavesV2({ follow, run }: Reader): Promise<void> {
  const { metadata } = JSON.parse(await run("-n models get sdep iris -o json"));
  const annotations = { "getambassador.io/config": metadata.annotations["seldon.io/ambassador-config"] };
  const service = { metadata: { name: "iris-default", annotations }, spec: { ports: [{ port: 8000 }] } };
  const spec = { prefix: "/seldon/models/iris/", service: "iris-default.models:8000" };
  const mapping = (name: string, labels?: Json) => ({
    apiVersion: "getambassador.io/v2",
    kind: "Mapping",
    metadata: { name, namespace: "models", ...labels },
    spec,
  });
  const labels = { labels: { "seldon-deployment-id": "iris" } };
  await run("-n models apply -f -", { apiVersion: "v1", kind: "Service", ...service });
  for (const each of [mapping("seldon-models-iris-default-rest", labels), mapping("own")])
    await run("apply -f -", each);
  assert.match(await follow("services with text"), /^models +iris-default +# Made by/m);
  const told = await follow("mappings of v2");
  assert.match(told, /models +(mapping\S*\/)?seldon-models-iris-default-rest/);
  assert.match(told, /"seldon-models-iris-default-rest" deleted/);
  assert.equal(await run("get mappings -A -o name"), "mapping.getambassador.io/own\n");
}

async function changesRelease(reader: Reader, webhook: WebhookProcess): Promise<void> {
  const { follow, run } = reader;
  // Its first line is carried out before the rest, so that the process can take the pods' place in between.
  await call(run, undefined);
  const script = blocks.get("another release") ?? "";
  const [apply = "", ...rest] = script.split("\n");
  blocks.set("another release", rest.join("\n"));
  assert.equal(apply, "kubectl apply -k manifests/base");
  await run(["apply", "-k", join(project, "manifests/base")]);
  await call(run, webhook);
  assert.match(await follow("another release"), /^2 deployments: 0 adopted, 2 already right/m);
}

async function uninstalls(reader: Reader): Promise<void> {
  const { follow, run, plane } = reader;
  const told = await follow("uninstall");
  assert.match(told, /namespace "seldon-ambassador-webhook" deleted/);
  await until("nobody is asked", async () => /created/.test(await create(reader, bad("wrong"))));
  const left = await run(`get clusterrole,clusterrolebinding,priorityclass,${kinds.join(",")} -o name`);
  assert.doesNotMatch(left, new RegExp(ownName));
  const texts = async () =>
    (await run("get sdep -A -o json")).match(/Made by seldon-ambassador-webhook/g)?.length ?? 0;
  assert.equal(await texts(), 2);
  await follow("texts away");
  assert.equal(await texts(), 0);
  const { status, stderr } = await plane.kubectl(["create", "-f", "-"], {
    input: JSON.stringify(sdep("free", "models")),
  });
  assert.equal(status, 0, stderr);
}

/** What is left when the namespace goes first: configurations that nobody answers for. */
async function wrongOrderBlocks(reader: Reader): Promise<void> {
  const { run, follow } = reader;
  await run(["apply", "-f", join(project, "manifests/base/validating-webhook.yaml")]);
  await untilJudged(reader, sdep("blocked", "models"), /failed calling webhook .* not found/s);
  await run(["apply", "-f", join(project, "manifests/base/mutating-webhook.yaml")]);
  await follow("uninstall");
  await untilJudged(reader, sdep("blocked", "models"), /created/);
}

withControlPlane("the guide of manifests/README.md, followed", async (t, plane) => {
  assert.ok(existsSync(join(project, "dist/main.js")), "npm run build");
  await installCrd(plane.kubectl);
  await installThirdPartyCrds(plane);
  const run = running(plane);
  for (const name of ["models", "other"]) await run(`create namespace ${name}`);
  await createAll(plane, [sdep("iris", "models")]);
  const webhook = await startWebhook(t, plane);
  standIn(t, plane);
  const reader: Reader = { plane, run, follow: shellFor(t, plane) };
  await t.test("one namespace, and what exists in it", () => firstSteps(reader, webhook));
  await t.test("every namespace, then failing closed", () => widens(reader, webhook));
  await t.test("what v2 has left is found and removed", () => leavesV2(reader));
  await t.test("another release", () => changesRelease(reader, webhook));
  await t.test("several operators", async () => {
    assert.match(await reader.follow("several operators"), /seldon-ambassador-webhook-green created/);
    await run(["delete", "-k", join(project, "manifests/overlays/controller-id")]);
    await run(["delete", "-k", join(project, "manifests/overlays/controller-namespace")]);
  });
  await t.test("cert-manager", async () => {
    await call(run, undefined);
    assert.match(await reader.follow("cert-manager"), /certificate\.cert-manager\.io\/\S+ created/);
    const { metadata } = JSON.parse(await run(`get ${kinds[0]} ${ownName} -o json`));
    assert.ok(metadata.annotations["cert-manager.io/inject-ca-from"]);
  });
  await t.test("uninstalled, nothing blocks writes and no text is left", () => uninstalls(reader));
  await t.test("a configuration that was left behind blocks them until then", () => wrongOrderBlocks(reader));
  await t.test("every block was followed", () =>
    assert.deepEqual([...followed].toSorted(), [...blocks.keys()].toSorted()),
  );
});
