import assert from "node:assert/strict";
import { request } from "node:http";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig } from "@kubernetes/client-node";
import { LiveView } from "../../src/cluster/live.ts";
import { type DeploymentApi, deploymentApi } from "../../src/cluster/live-api.ts";
import { type ApiClient, apiClient } from "../../src/cluster/live-client.ts";
import { systemClock } from "../../src/cluster/live-clock.ts";
import { credentialsIn } from "../../src/cluster/live-kubeconfig.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { type Credentials, kubeconfigText } from "../control-plane/credentials.ts";
import { deploymentOf, type Json } from "./deployment.ts";

export const group = "machinelearning.seldon.io";

/** kubectl, which must succeed. */
export async function run({ kubectl }: ControlPlane, args: string, input?: Json): Promise<string> {
  const options = input === undefined ? {} : { input: JSON.stringify(input) };
  const { stdout, stderr, status } = await kubectl(args.split(" "), options);
  assert.equal(status, 0, `kubectl ${args}: ${stdout}${stderr}`);
  return stdout;
}

/** Several objects for one kubectl. */
export const listOf = (...items: Json[]): Json => ({ apiVersion: "v1", kind: "List", items });

/** A deployment as the CRD wants it. */
export const sdep = (name: string, namespace: string, annotations: Json = {}): Json => {
  const { spec, ...raw } = deploymentOf({ name, namespace, annotations });
  return { ...raw, spec };
};

/** A client of the API server at this address, by default the administrator's. */
export function clientOf(
  plane: ControlPlane,
  port?: number,
  credentials: Partial<Credentials> = {},
): ApiClient {
  const token = plane.adminClientConfig.getCurrentUser()?.token ?? "";
  const url = port === undefined ? plane.url : `https://127.0.0.1:${port}`;
  const config = new KubeConfig();
  config.loadFromString(kubeconfigText(url, { ca: plane.ca, token, ...credentials }));
  return apiClient(credentialsIn(config));
}

/** The API of the live view, with the patience of a test. */
export const apiOf = (client: ApiClient, idleMs = 130_000): DeploymentApi =>
  deploymentApi(client, { clock: systemClock, idleMs });

interface Wishes {
  readonly staleMs?: number;
  readonly relistMs?: number;
}

/** Follows; what the observer is told is written down. */
export function follow(t: TestContext, api: DeploymentApi, wishes: Wishes = {}) {
  const told: string[] = [];
  const live = new LiveView(api, {
    staleMs: 600_000,
    relistMs: 600_000,
    backoff: { baseMs: 100, mostMs: 500 },
    observer: {
      synced: (size) => told.push(`synced ${size}`),
      failing: (activity, { reason }) => told.push(`${activity} failing: ${reason}`),
      recovered: (activity) => told.push(`${activity} recovered`),
      stale: () => told.push("stale"),
    },
    ...wishes,
  });
  t.after(() => live.stop());
  return { live, told };
}

/** Waits until it is so; the test fails when it does not come to be. */
export async function until(what: string, isSo: () => unknown, timeoutMs = 120_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > end) assert.fail(`not within ${timeoutMs} ms: ${what}`);
    await sleep(20);
  }
}

/** Makes many objects at once, past kubectl, which would take its time. */
export async function createAll(plane: ControlPlane, objects: readonly Json[]): Promise<void> {
  const client = clientOf(plane);
  const pending = [...objects];
  const worker = async (): Promise<void> => {
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const path = `/apis/${group}/v1/namespaces/${next.metadata.namespace}/seldondeployments`;
      await client.json(path, { method: "POST", body: next, signal: AbortSignal.timeout(30_000) });
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

const etcd = (plane: ControlPlane, path: string, body: Json): Promise<Json> =>
  new Promise((resolve, reject) => {
    const socketPath = join(dirname(plane.kubeconfig), "client.sock");
    const sent = request({ socketPath, path, method: "POST" }, async (response) => {
      const answer = await text(response);
      assert.equal(response.statusCode, 200, `etcd ${path}: ${answer}`);
      resolve(JSON.parse(answer));
    });
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });

const base64 = (value: string): string => Buffer.from(value).toString("base64");

/** Makes etcd forget every state but the present one. */
export async function compactEtcd(plane: ControlPlane): Promise<void> {
  const { header } = await etcd(plane, "/v3/kv/range", { key: base64("/") });
  await etcd(plane, "/v3/kv/compaction", { revision: header.revision, physical: true });
}

/** Puts objects where the API server would, a hundred at a time: tens of thousands take seconds. */
export async function store(plane: ControlPlane, objects: Iterable<Json>): Promise<void> {
  let success: Json[] = [];
  const flush = async (): Promise<void> => {
    await etcd(plane, "/v3/kv/txn", { success });
    success = [];
  };
  for (const object of objects) {
    const { namespace, name } = object.metadata;
    const key = `/registry/${group}/seldondeployments/${namespace}/${name}`;
    success.push({ requestPut: { key: base64(key), value: base64(JSON.stringify(object)) } });
    if (success.length === 100) await flush();
  }
  if (success.length > 0) await flush();
}
