import assert from "node:assert/strict";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { EventPublisher } from "../../src/audit/event-publisher.ts";
import { auditPeriodically } from "../../src/audit/periodic.ts";
import type { EventCalls } from "../../src/cluster/event-calls.ts";
import type { Clock } from "../../src/cluster/live-clock.ts";
import { LiveFailure } from "../../src/cluster/live-failure.ts";
import type { ClusterView } from "../../src/cluster/view.ts";
import { readSources } from "../../src/config/load.ts";
import { defaultEngineSettings } from "../../src/config/settings.ts";
import { LivePolicy } from "../../src/policy-file/live-policy.ts";
import { loadPolicy } from "../../src/policy-file/load.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { ClientAuthority } from "../../src/tls/client-authority.ts";
import { FolderSource, filesIn } from "../../src/tls/folder-source.ts";
import { mint, type Pair } from "../../src/tls/mint.ts";
import { AnsweringClient } from "../support/answering-client.ts";
import { deploymentOf, type Json } from "../support/deployment.ts";
import { at, event, followed, page, ScriptedApi, settle } from "../support/live.ts";
import { ownMetrics } from "../support/metric-docs.ts";
import { policyText } from "../support/policies.ts";
import { testFolder } from "../support/program.ts";
import { canary, rejectedCanary } from "../support/reviews.ts";
import { type TestServer, testServer } from "../support/server.ts";
import { testPair } from "../support/tls.ts";

/** Says who is running, and never changes. */
const constant = ["seldon_ambassador_webhook_build_info"];

/** A server that follows and audits a cluster, by files as certificate, with a bug that a deployment called "bug" meets. */
async function serving(t: TestContext) {
  // The second list is the first that succeeds, after a pause that the test grants.
  const target = at("1", "target", { predictors: [{ name: "main", traffic: 40 }] });
  const api = new ScriptedApi().answer(new LiveFailure("network", "not yet"), page("9", [target]));
  const { live, clock } = followed(t, api);
  const view: ClusterView = {
    find(namespace, name) {
      if (name === "bug") throw new TypeError("as bugs do");
      return live.view.find(namespace, name);
    },
    inNamespace: (namespace) => live.view.inNamespace(namespace),
    attachedTo: (namespace, name) => live.view.attachedTo(namespace, name),
    routing: (prefix) => live.view.routing(prefix),
    routingBelow: (prefix) => live.view.routingBelow(prefix),
    namingService: (namespace, service) => live.view.namingService(namespace, service),
  };
  const context = { settings: defaultEngineSettings, cluster: view };
  const observer = { ended: () => {}, failed: assert.fail };
  const calls: EventCalls = { create: async () => "created" };
  const events = new EventPublisher({
    calls,
    instance: "test",
    observer: { failing: assert.fail, recovered() {} },
  });
  const audit = auditPeriodically({ cluster: live, context, intervalMs: 60_000, observer, events, clock });
  t.after(() => audit.stop());
  const dir = testFolder(t);
  putPair(dir, await testPair());
  const certificates = await FolderSource.open({ dir, load: filesIn(dir), observe: () => {} });
  t.after(() => certificates.stop());
  const policy = followedPolicy(t, policyText(exemption));
  const policed = {
    ...context,
    get policy() {
      return { index: policy.live.current.index, nowMs: 0, labelsOf: () => new Map<string, string>() };
    },
  };
  const { reconciliation, outdate } = reconciled(t, clock);
  const parts = { live, audit, reconciliation, certificates, policy: policy.live };
  const server = await testServer(t, { context: policed, connections: 8, ...parts });
  /** Puts another pair into the folder, and waits until it is served. */
  const renew = async (): Promise<void> => {
    const changed = new Promise<void>((resolve) => certificates.onChange(() => resolve()));
    putPair(dir, await mint({ days: 2, now: new Date() }));
    await changed;
  };
  return { api, clock, server, renew, policy, outdate };
}

/** A shadow in another cluster that would restart pods if it was rewritten, so that it is given up at once. */
function reconciled(t: TestContext, clock: Clock) {
  const client = new AnsweringClient();
  client.installed = { carrier: "spec" };
  const settings = { ...defaultEngineSettings, carrier: "spec" as const };
  const observer = { ended() {}, undone() {}, interrupted: assert.fail, failed: assert.fail };
  const context = { settings, cluster: client.store.view };
  const options = { client, cluster: client, context, observer, clock, restartPods: false, intervalMs: 1 };
  const reconciliation = reconcile(options);
  t.after(() => reconciliation.stop());
  const target = (most: number): Json =>
    at("", "target", { annotations: { "seldon.io/ambassador-circuit-breakers-max-requests": String(most) } });
  client.apply(target(1));
  client.apply(at("", "copy", { annotations: shadowing("target") }));
  return { reconciliation, outdate: () => client.apply(target(2)) };
}

const exemption =
  "exemptions: [{ reason: as tests do, namespaces: [seldon], rules: [predictor-traffic-sum] }]\n";

/** A policy file that is looked at when the test says so. */
function followedPolicy(t: TestContext, text: string) {
  const file = join(testFolder(t), "policy.yaml");
  writeFileSync(file, text);
  const sources = readSources({ env: {} });
  const observer = { loaded() {}, refused() {}, restored() {} };
  const live = new LivePolicy(loadPolicy(file, sources), { sources, pollMs: 600_000, observer });
  t.after(() => live.stop());
  const write = (changed: string): void => {
    writeFileSync(file, changed);
    live.check();
  };
  return { live, write };
}

function putPair(dir: string, { ca, cert, key }: Pair): void {
  for (const [name, text] of Object.entries({ "ca.crt": ca, "tls.crt": cert, "tls.key": key }))
    writeFileSync(join(dir, name), text);
}

const shadowing = (target: string): Json => ({
  "seldon.io/ambassador-service-name": target,
  "seldon.io/ambassador-shadow": "true",
});

const attachedTo = (target: string): Json => {
  const { request, ...review } = canary();
  const object = deploymentOf({ name: "copy", annotations: shadowing(target) });
  return { ...review, request: { ...request, object } };
};

/** Every value of the page by its series; of a histogram, its counts. */
async function values(server: TestServer): Promise<ReadonlyMap<string, string>> {
  const { text } = await server.callPlain("/metrics");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.replace(/ \S+$/, ""), line.replace(/^.* /, "")]));
}

/** What moves on a server that asks for client certificates, whose file is taken away. */
async function movedByClients(t: TestContext): Promise<readonly string[]> {
  const file = join(testFolder(t), "ca.crt");
  const { ca } = await testPair();
  writeFileSync(file, ca);
  const observer = { loaded() {}, refused() {} };
  const authority = new ClientAuthority({ file, observer, pollMs: 600_000 });
  t.after(() => authority.stop());
  const server = await testServer(t, { clients: Object.assign(authority, { allowedNames: [] }) });
  const before = await values(server);
  await server.call("/mutate", { body: canary() });
  writeFileSync(file, (await mint({ days: 2, now: new Date() })).ca);
  authority.check();
  rmSync(file);
  authority.check();
  return [...(await values(server))]
    .filter(([name, value]) => before.get(name) !== value)
    .map(([name]) => name);
}

test("every metric is moved by what it measures", async (t) => {
  const { api, clock, server, renew, policy, outdate } = await serving(t);
  const states = [await values(server)];

  await clock.pass(30_000);
  outdate();
  await api.happen(event("ADDED", at("10", "more")), "end");
  await settle();
  const socket = await server.connect();
  socket.write(
    "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
  );
  await server.call("/mutate", { body: canary() });
  policy.write(policyText(`metadata: { name: another }\n${exemption}`));
  states.push(await values(server));
  socket.destroy();

  await server.call("/validate", { body: rejectedCanary() });
  await server.call("/validate", { body: attachedTo("nobody") });
  await server.call("/validate", { body: attachedTo("bug") });
  const idle = await Promise.all(Array.from({ length: 9 }, () => server.connect()));
  for (const each of idle) t.after(() => each.on("error", () => {}).destroy());
  const plain = get({ host: "localhost", port: server.port, path: "/", agent: false });
  await assert.rejects(once(plain, "response"));
  await clock.pass(60_000);
  policy.write("kind: Polic\n");
  await renew();
  states.push(await values(server));

  const movedSeries = new Set(
    states
      .slice(1)
      .flatMap((now, index) => [...now].filter(([name, value]) => states[index]?.get(name) !== value)),
  );
  const names = [...[...movedSeries].map(([name]) => name), ...(await movedByClients(t))];
  const moved = new Set(names.map((name) => name.replace(/\{.*/, "").replace(/_count$/, "")));
  const still = ownMetrics().filter(({ name }) => !moved.has(name) && !constant.includes(name));
  assert.deepEqual(
    still.map(({ name }) => name),
    [],
  );
});
