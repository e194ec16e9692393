import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { LiveView } from "../../src/cluster/live.ts";
import type { DeploymentApi } from "../../src/cluster/live-api.ts";
import { apiClient } from "../../src/cluster/live-client.ts";
import type { RestartReason } from "../../src/cluster/live-cluster.ts";
import { podCredentials } from "../../src/cluster/live-credentials.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { testFolder } from "../support/program.ts";
import {
  apiOf,
  clientOf,
  compactEtcd,
  createAll,
  follow,
  group,
  listOf,
  run,
  sdep,
  until,
} from "../support/seldon-cluster.ts";
import { tcpProxy } from "../support/tcp-proxy.ts";

const many = 1200;
const namespace = "models";

/** A view that is not to be trusted at the moment knows nothing; on a busy machine that can happen in between. */
const knows = (live: LiveView, name: string): boolean =>
  live.problem() === undefined && live.view.find(namespace, name) !== undefined;
const count = ({ restarts }: LiveView, reason: RestartReason): number => restarts.get(reason) ?? 0;
const portOf = ({ url }: ControlPlane): number => Number(new URL(url).port);

async function seen(live: LiveView, name: string, there = true): Promise<void> {
  await until(
    `${name} ${there ? "is" : "is not"} in the view`,
    () => live.problem() === undefined && knows(live, name) === there,
  );
}

const remove = (plane: ControlPlane, name: string) => run(plane, `-n ${namespace} delete sdep ${name}`);
const create = (plane: ControlPlane, name: string, annotations = {}) =>
  run(plane, "apply -f -", sdep(name, namespace, annotations));

async function waitsForCrd(t: TestContext, plane: ControlPlane): Promise<void> {
  const { live, told } = follow(t, apiOf(clientOf(plane)));
  await until("the list fails", () => count(live, "missing") > 2);
  assert.equal(live.synced, false);
  assert.match(live.problem() ?? "", /have not been read yet: HTTP 404/);
  await installCrd(plane.kubectl);
  await live.whenSynced;
  assert.deepEqual(told, ["list failing: missing", "list recovered", "synced 0"]);
  assert.equal(live.problem(), undefined);
}

async function syncsPages(t: TestContext, plane: ControlPlane): Promise<void> {
  await run(plane, `create namespace ${namespace}`);
  await run(plane, "create namespace other");
  await createAll(plane, [
    ...Array.from({ length: many - 1 }, (_, index) => sdep(`model-${index}`, namespace)),
    sdep("model-0", "other"),
  ]);
  const api = apiOf(clientOf(plane));
  let pages = 0;
  const page: DeploymentApi["page"] = (from, ...rest) => {
    pages++;
    return api.page(from, ...rest);
  };
  const { live, told } = follow(t, { ...api, page });
  await live.whenSynced;
  assert.deepEqual([pages, live.size, told], [3, many, [`synced ${many}`]]);
  assert.ok(knows(live, `model-${many - 2}`) && live.view.find("other", "model-0"));
  assert.equal([...live.view.inNamespace(namespace)].length, many - 1);
}

async function seesEvents(t: TestContext, plane: ControlPlane): Promise<void> {
  const { live } = follow(t, apiOf(clientOf(plane)));
  await live.whenSynced;
  await create(plane, "target");
  await seen(live, "target");
  await create(plane, "guest");
  await create(plane, "guest", { "seldon.io/ambassador-service-name": "target" });
  const guests = () => [...live.view.attachedTo(namespace, "target")].map(({ name }) => name);
  await until("the change is seen", () => guests().length > 0);
  assert.deepEqual(guests(), ["guest"]);
  await remove(plane, "guest");
  await seen(live, "guest", false);
  // Nothing else runs here, so the finalizer keeps it on its way out.
  await run(
    plane,
    `-n ${namespace} patch sdep target --type=merge -p {"metadata":{"finalizers":["example.com/x"]}}`,
  );
  await run(plane, `-n ${namespace} delete sdep target --wait=false`);
  await seen(live, "target", false);
  await run(plane, `-n ${namespace} patch sdep target --type=merge -p {"metadata":{"finalizers":null}}`);
  assert.equal(await live.lookup.get(namespace, "guest", AbortSignal.timeout(5000)), undefined);
  assert.equal((await live.lookup.get(namespace, "model-1", AbortSignal.timeout(5000)))?.name, "model-1");
  assert.equal(count(live, "network"), 0);
}

async function survivesRestart(t: TestContext, plane: ControlPlane): Promise<void> {
  const { live, told } = follow(t, apiOf(clientOf(plane)));
  await live.whenSynced;
  await plane.restartApiServer(async () => {
    await until("the loss is noticed", () => told.includes("watch failing: network"));
    assert.ok(knows(live, "model-1"));
  });
  await create(plane, "after-restart");
  await seen(live, "after-restart");
  await remove(plane, "after-restart");
  await seen(live, "after-restart", false);
  assert.equal(live.size, many);
}

async function survivesCompaction(t: TestContext, plane: ControlPlane): Promise<void> {
  const proxy = await tcpProxy(t, portOf(plane));
  const { live } = follow(t, apiOf(clientOf(plane, proxy.port)));
  await live.whenSynced;
  proxy.cut();
  await remove(plane, "model-7");
  await create(plane, "while-away");
  await plane.restartApiServer(() => compactEtcd(plane));
  proxy.restore();
  await seen(live, "while-away");
  assert.ok(!knows(live, "model-7"));
  assert.ok(count(live, "expired") > 0, JSON.stringify([...live.restarts]));
  await create(plane, "model-7");
  await remove(plane, "while-away");
  await seen(live, "while-away", false);
}

/** The states that the next page would be of are gone when it is asked for. */
async function survivesCompactionBetweenPages(t: TestContext, plane: ControlPlane): Promise<void> {
  const api = apiOf(clientOf(plane));
  let isFirst = true;
  const page: DeploymentApi["page"] = async (from, ...rest) => {
    if (from !== undefined && isFirst) {
      isFirst = false;
      await remove(plane, "model-8");
      await plane.restartApiServer(() => compactEtcd(plane));
    }
    return api.page(from, ...rest);
  };
  const { live } = follow(t, { ...api, page });
  await live.whenSynced;
  assert.ok(count(live, "expired") > 0, JSON.stringify([...live.restarts]));
  assert.equal(live.size, many - 1);
  await create(plane, "model-8");
  await seen(live, "model-8");
}

async function survivesCut(t: TestContext, plane: ControlPlane): Promise<void> {
  const proxy = await tcpProxy(t, portOf(plane));
  const { live, told } = follow(t, apiOf(clientOf(plane, proxy.port)));
  await live.whenSynced;
  proxy.cut();
  await create(plane, "meanwhile");
  await remove(plane, "model-9");
  await until("it tries again and again", () => count(live, "network") > 3);
  assert.ok(!knows(live, "meanwhile") && knows(live, "model-9"));
  proxy.restore();
  await seen(live, "meanwhile");
  await seen(live, "model-9", false);
  assert.deepEqual(told, [`synced ${many}`, "watch failing: network", "watch recovered"]);
  await live.stop();
  await until("no connection is left", () => proxy.connections === 0);
  await create(plane, "model-9");
  await remove(plane, "meanwhile");
}

async function noticesSilence(t: TestContext, plane: ControlPlane): Promise<void> {
  const proxy = await tcpProxy(t, portOf(plane));
  const { live } = follow(t, apiOf(clientOf(plane, proxy.port), 1500), { staleMs: 3000 });
  await live.whenSynced;
  await until("the watch is open", () => proxy.connections === 1);
  proxy.freeze();
  await create(plane, "unheard");
  await until("the silence is noticed", () => count(live, "silent") > 0);
  await seen(live, "unheard");
  await remove(plane, "unheard");
}

async function distrustsAge(t: TestContext, plane: ControlPlane): Promise<void> {
  const proxy = await tcpProxy(t, portOf(plane));
  const { live, told } = follow(t, apiOf(clientOf(plane, proxy.port)), { staleMs: 1500 });
  await live.whenSynced;
  proxy.cut();
  await until("it is too old", () => live.problem() !== undefined);
  assert.match(live.problem() ?? "", /last heard of \d+ s ago, which is more than 1 s: /);
  assert.throws(() => live.view.find(namespace, "model-1"), { name: "ViewUnavailable" });
  await until("somebody is told", () => told.includes("stale"));
  proxy.restore();
  // The first thing that happens is the first sign of life.
  await create(plane, "sign-of-life");
  await until("it is trusted again", () => live.problem() === undefined);
  await remove(plane, "sign-of-life");
}

async function relists(t: TestContext, plane: ControlPlane): Promise<void> {
  const api = apiOf(clientOf(plane));
  async function* watch(...args: Parameters<DeploymentApi["watch"]>) {
    for await (const event of api.watch(...args)) {
      const { metadata } = event.object as { metadata: { name?: string } };
      if (metadata.name?.startsWith("lost") !== true) yield event;
    }
  }
  await create(plane, "lost-deletion");
  const { live } = follow(t, { ...api, watch }, { relistMs: 4000 });
  await live.whenSynced;
  await remove(plane, "lost-deletion");
  await create(plane, "lost-creation");
  await create(plane, "seen");
  await seen(live, "seen");
  assert.ok(knows(live, "lost-deletion") && !knows(live, "lost-creation"));
  await seen(live, "lost-creation");
  assert.ok(!knows(live, "lost-deletion") && knows(live, "seen"));
  assert.equal(live.size, many + 2);
  await run(plane, `-n ${namespace} delete sdep seen lost-creation`);
}

async function waitsForRights(t: TestContext, plane: ControlPlane): Promise<void> {
  await run(plane, `-n ${namespace} create serviceaccount webhook`);
  const token = (await run(plane, `-n ${namespace} create token webhook`)).trim();
  const { live, told } = follow(t, apiOf(clientOf(plane, undefined, { token })));
  await until("it is denied", () => count(live, "forbidden") > 1);
  assert.match(live.problem() ?? "", /cannot list resource "seldondeployments"/);
  const metadata = { name: "webhook" };
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "webhook" };
  const rules = [{ apiGroups: [group], resources: ["seldondeployments"], verbs: ["get", "list", "watch"] }];
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const subjects = [{ kind: "ServiceAccount", name: "webhook", namespace }];
  await run(
    plane,
    "apply -f -",
    listOf(
      { apiVersion, kind: "ClusterRole", metadata, rules },
      { apiVersion, kind: "ClusterRoleBinding", metadata, roleRef, subjects },
    ),
  );
  await live.whenSynced;
  assert.deepEqual(told, ["list failing: forbidden", "list recovered", `synced ${many}`]);
  await create(plane, "granted");
  await seen(live, "granted");
  await remove(plane, "granted");
}

/** As in a pod, whose token the kubelet replaces now and then. */
async function readsPodCredentials(t: TestContext, plane: ControlPlane): Promise<void> {
  const folder = testFolder(t);
  writeFileSync(join(folder, "ca.crt"), plane.ca);
  const env = { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: String(portOf(plane)) };
  const { live, told } = follow(t, apiOf(apiClient(podCredentials(env, folder))));
  await until("the token is missed", () => live.problem()?.includes("ENOENT"));
  writeFileSync(join(folder, "token"), "expired\n");
  await until("the token is refused", () => count(live, "unauthorized") > 0);
  writeFileSync(join(folder, "token"), `${plane.adminClientConfig.getCurrentUser()?.token}\n`);
  await live.whenSynced;
  assert.deepEqual(told, [
    "list failing: network",
    "list failing: unauthorized",
    "list recovered",
    `synced ${many}`,
  ]);
}

withControlPlane("the live view of a real API server", async (t, plane) => {
  await t.test("waits until there is a CRD", (t) => waitsForCrd(t, plane));
  await t.test(`reads ${many} objects in pages`, (t) => syncsPages(t, plane));
  await t.test("sees what is created, changed and deleted", (t) => seesEvents(t, plane));
  await t.test("goes on after a restart of the API server", (t) => survivesRestart(t, plane));
  await t.test("lists anew when its version was compacted away", (t) => survivesCompaction(t, plane));
  await t.test("lists anew when that happens between two pages", (t) =>
    survivesCompactionBetweenPages(t, plane),
  );
  await t.test("makes up for a cut connection", (t) => survivesCut(t, plane));
  await t.test("notices a connection that has gone silent", (t) => noticesSilence(t, plane));
  await t.test("answers nothing when it is too old", (t) => distrustsAge(t, plane));
  await t.test("repairs by a list what the watch has lost", (t) => relists(t, plane));
  await t.test("reads the credentials of its pod anew each time", (t) => readsPodCredentials(t, plane));
  await t.test("waits until it has the right to read", (t) => waitsForRights(t, plane));
});
