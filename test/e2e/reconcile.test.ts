import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import type { ApiClient } from "../../src/cluster/live-client.ts";
import { defaultEngineSettings, type EngineSettings } from "../../src/config/settings.ts";
import { type Reconciliation, reconcile } from "../../src/reconcile/reconcile.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { kubeconfigText } from "../control-plane/credentials.ts";
import { freePort } from "../control-plane/ports.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { runCommand } from "../support/command.ts";
import type { Json } from "../support/deployment.ts";
import { carriedBy } from "../support/injection.ts";
import { testFolder } from "../support/program.ts";
import { apiOf, clientOf, follow, run, until } from "../support/seldon-cluster.ts";
import { fileOf, type Tenant, tenant } from "../support/tenant.ts";
import { startWebhook, type WebhookProcess } from "../support/webhook-process.ts";
import { registerWebhook } from "../support/webhook-registration.ts";

const name = "seldon-ambassador-webhook";
const breaker = "seldon.io/ambassador-circuit-breakers-max-requests";
const header = { "seldon.io/ambassador-header": "stage: one" };

const target = (annotations: Json): Json => fileOf({ name: "target", annotations });
const attached = (called: string, annotations: Json): Json =>
  fileOf({ name: called, annotations: { "seldon.io/ambassador-service-name": "target", ...annotations } });
const copy = (annotations: Json = {}): Json =>
  attached("copy", { "seldon.io/ambassador-shadow": "true", ...annotations });

const textOf = async (shop: Tenant, called = "copy"): Promise<string> =>
  carriedBy(await shop.stored(called)) ?? "";
const versionOf = async (shop: Tenant): Promise<string> =>
  (await shop.stored("copy")).metadata.resourceVersion;

/** Two webhooks, each with the same API server, and a record of every state that the shadow has had. */
interface Stage {
  readonly plane: ControlPlane;
  readonly shop: Tenant;
  readonly states: readonly string[];
}

/** What one of them says that it did with the shadow. */
const results = (webhook: WebhookProcess): readonly unknown[] =>
  webhook
    .log()
    .filter(({ name: called, outcome }) => called === "copy" && outcome !== undefined)
    .map(({ outcome }) => outcome);

async function staysOutdated(t: TestContext, { plane, shop }: Stage): Promise<void> {
  await shop.quietly("apply -f -", [target({ [breaker]: "5" }), copy()]);
  assert.match(await textOf(shop), /"max_requests": 5/);
  const version = await versionOf(shop);
  assert.match(
    await shop.warnings(`annotate sdep target ${breaker}=7 --overwrite`),
    /the text of copy must be renewed/,
  );
  const audit = await runCommand(
    t,
    "audit",
    `--kubeconfig=${plane.kubeconfig}`,
    "--severity=warning",
    "-n",
    "shop",
  );
  assert.equal(audit.status, 1, audit.stdout);
  assert.match(audit.stdout, /^shop\/copy has warnings\n {2}warning: .*\[mapping-injected\]/m);
  assert.equal(await versionOf(shop), version);
}

/** The kubeconfig of a pod whose rights are those of the component, and what it starts with. */
async function withComponent(t: TestContext, { plane }: Stage) {
  const folder = testFolder(t);
  const to = (path: string): string =>
    relative(folder, fileURLToPath(new URL(`../../manifests/${path}`, import.meta.url)));
  const overlay = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: [to("base")],
    components: [to("components/reconcile")],
  };
  writeFileSync(join(folder, "kustomization.yaml"), JSON.stringify(overlay));
  const rendered = parseAllDocuments(await run(plane, `kustomize ${folder}`)).map(
    (each): Json => each.toJS(),
  );
  const wanted = /^(Namespace|ServiceAccount|ClusterRole|ClusterRoleBinding)$/;
  for (const object of rendered.filter(({ kind }) => wanted.test(kind)))
    await run(plane, "apply -f -", object);
  const deployment = rendered.find(({ kind }) => kind === "Deployment");
  const args: readonly string[] = deployment?.spec.template.spec.containers[0].args ?? [];
  const token = (await run(plane, `-n ${name} create token ${name}`)).trim();
  const kubeconfig = join(folder, "kubeconfig");
  writeFileSync(kubeconfig, kubeconfigText(plane.url, { ca: plane.ca, token }), { mode: 0o600 });
  return { kubeconfig, args };
}

/** Changes something, and waits until the shadow repeats it; how many states the shadow had in between. */
async function followed(
  { shop, states }: Stage,
  change: () => Promise<unknown>,
  wanted: RegExp,
): Promise<number> {
  const before = states.length;
  await change();
  await until(`the shadow has ${wanted}`, async () => wanted.test(await textOf(shop)));
  const version = await versionOf(shop);
  await until("the record is complete", () => states.at(-1) === version);
  return states.length - before;
}

/** Until both have looked at everything and say so. */
async function rest(replicas: readonly WebhookProcess[], ports: readonly number[]): Promise<void> {
  for (const [index] of replicas.entries())
    await until("the queues are empty", async () => {
      const page = await (await fetch(`http://localhost:${ports[index]}/metrics`)).text();
      return /^seldon_ambassador_webhook_reconcile_queue_length 0$/m.test(page);
    });
}

async function isOneWrite(
  stage: Stage,
  replicas: readonly WebhookProcess[],
  ports: readonly number[],
): Promise<void> {
  const { shop, states } = stage;
  const annotate = (value: number) => () =>
    shop.warnings(`annotate sdep target ${breaker}=${value} --overwrite`);
  for (const value of [11, 12, 13]) {
    const { spec } = await shop.stored("copy");
    assert.equal(await followed(stage, annotate(value), new RegExp(`"max_requests": ${value}\\b`)), 1);
    const count = states.length;
    await rest(replicas, ports);
    assert.equal(states.length, count, "nobody writes it again");
    assert.deepEqual((await shop.stored("copy")).spec, spec);
  }
  const rewritten = replicas.flatMap(results).filter((outcome) => outcome === "rewritten");
  assert.ok(rewritten.length >= 3, `${rewritten}`);
}

async function followsRoutes(stage: Stage): Promise<void> {
  const { shop } = stage;
  const apply =
    (...objects: Json[]) =>
    () =>
      shop.run("apply -f -", { input: JSON.stringify(list(objects)) });
  const list = (items: Json[]): Json => ({ apiVersion: "v1", kind: "List", items });
  // The target's header condition becomes one of its shadow.
  await followed(stage, apply(target({ [breaker]: "13", ...header })), /"stage": "one"/);
  await followed(stage, apply(target({ [breaker]: "13" })), /^(?!.*"stage")/s);
  // A shadow of a header copies the one that answers it, which comes and goes.
  await apply(attached("host", { ...header, [breaker]: "3" }))();
  await followed(stage, apply(copy(header)), /"stage": "one".*"max_requests": 3\b/s);
  await followed(stage, apply(attached("host", { ...header, [breaker]: "4" })), /"max_requests": 4\b/);
  await shop.run("delete sdep host");
  await followed(stage, apply(attached("host", { ...header, [breaker]: "6" })), /"max_requests": 6\b/);
  await followed(stage, apply(copy()), /"max_requests": 13\b/);
}

const counting = (client: ApiClient, counted: { calls: number }): ApiClient => ({
  ...client,
  json(path, call) {
    if (path.includes("/seldondeployments/")) counted.calls++;
    return client.json(path, call);
  },
});

/** A reconciler in this process, in a hurry. */
function hurried(t: TestContext, { plane }: Stage, settings: EngineSettings) {
  const counted = { calls: 0 };
  const client = clientOf(plane);
  const { live } = follow(t, apiOf(client));
  const told: string[] = [];
  const reconciliation: Reconciliation = reconcile({
    client: counting(client, counted),
    cluster: live,
    context: { settings, cluster: live.view },
    restartPods: false,
    intervalMs: 1,
    spreadMs: 1,
    backoff: { baseMs: 1, mostMs: 20 },
    observer: {
      ended: (reference, { outcome }, next) => told.push(`${reference.name} ${outcome}, ${next}`),
      undone: (reference) => told.push(`${reference.name} undone`),
      interrupted: (reason) => told.push(`interrupted: ${reason}`),
      failed: (error) => told.push(String(error)),
    },
  });
  t.after(() => reconciliation.stop());
  return { reconciliation, counted, told };
}

/** The webhook that is called has other settings: it would not write what is wanted here. */
async function givesUp(t: TestContext, stage: Stage): Promise<void> {
  const { shop } = stage;
  const version = await versionOf(shop);
  const ambassador = {
    ...defaultEngineSettings.ambassador,
    apiVersion: "getambassador.io/v3alpha1",
  } as const;
  const { reconciliation, counted, told } = hurried(t, stage, { ...defaultEngineSettings, ambassador });
  await until("it is given up", () => told.includes("copy unanswered, given up"), 300_000);
  const { calls } = counted;
  assert.ok(calls <= 8 * 3 * 2, `${calls} calls: ${told}`);
  // What the operator writes all the time begins nothing anew; a change of the target does.
  await shop.quietly([
    "patch",
    "sdep",
    "target",
    "--subresource=status",
    "--type=merge",
    "-p",
    '{"status":{"state":"Available"}}',
  ]);
  await shop.quietly([
    "patch",
    "sdep",
    "copy",
    "--subresource=status",
    "--type=merge",
    "-p",
    '{"status":{"state":"Available"}}',
  ]);
  assert.equal(counted.calls, calls);
  assert.equal((await versionOf(shop)) === version, false, "the status was written");
  assert.equal(reconciliation.givenUp, 1);
  const again = told.length;
  await shop.quietly("annotate sdep target seldon.io/note=changed");
  await until("it is given up again", () => told.slice(again).includes("copy unanswered, given up"), 300_000);
  assert.ok(counted.calls <= 2 * calls + 6, `${counted.calls} calls after ${calls}`);
}

withControlPlane("texts that a change of their target left out of date", async (t, plane) => {
  await installCrd(plane.kubectl);
  const shop = await tenant(plane, "shop");
  const { live } = follow(t, apiOf(clientOf(plane)));
  const states: string[] = [];
  live.tell(({ after }) => {
    if (after?.name === "copy") states.push((after as Json).resourceVersion);
  });
  const stage: Stage = { plane, shop, states };
  const off = await startWebhook(t, plane, { name: "off" });
  await registerWebhook(plane, off);
  await t.test("stay so without the setting, and audit shows them", (t) => staysOutdated(t, stage));
  await off.stop();

  const { kubeconfig, args } = await withComponent(t, stage);
  assert.ok(args.includes("--reconcile"), `${args}`);
  const ports = [await freePort(), await freePort()];
  const [first, second] = await Promise.all(
    ports.map((port) =>
      startWebhook(t, plane, {
        name: `replica-${port}`,
        kubeconfig,
        flags: ["--reconcile", `--metrics-port=${port}`],
      }),
    ),
  );
  assert.ok(first && second);
  await registerWebhook(plane, { mutate: first, validate: second });
  const replicas = [first, second];
  await t.test("are rewritten at the start, with the rights of the component", async () => {
    await until("the shadow is renewed", async () => /"max_requests": 7\b/.test(await textOf(shop)));
  });
  await t.test("are written once, however many replicas there are", () => isOneWrite(stage, replicas, ports));
  await t.test("follow headers and other deployments of the route", () => followsRoutes(stage));
  await t.test("are left to rest when the program ends", async () => {
    await second.stop();
    assert.equal(second.log().at(-1)?.msg, "stopped");
  });
  await registerWebhook(plane, first);
  await t.test("are given up where the webhook wants another text", (t) => givesUp(t, stage));
});
