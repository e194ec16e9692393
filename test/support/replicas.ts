import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { listen } from "../../src/server/listen.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { kubeconfigText } from "../control-plane/credentials.ts";
import type { Json } from "./deployment.ts";
import { type ServingProcess, serveWith, testFolder } from "./program.ts";
import { run } from "./seldon-cluster.ts";

export const webhookName = "seldon-ambassador-webhook";
export const secretName = `${webhookName}-ca`;

const base = fileURLToPath(new URL("../../manifests/base/", import.meta.url));
const kinds = ["mutating-webhook", "validating-webhook"] as const;

const fileOf = (file: string): Json => parse(readFileSync(`${base}${file}.yaml`, "utf8"));

/** Applies what a pod of the shipped Deployment lives by: namespace, account and rights. */
export async function applyRights(plane: ControlPlane): Promise<void> {
  const files = [
    "namespace",
    "service-account",
    "role",
    "role-binding",
    "cluster-role",
    "cluster-role-binding",
  ];
  for (const file of files) await run(plane, "apply -f -", fileOf(file));
}

/** A kubeconfig of the shipped ServiceAccount, by a token as a pod has it. */
export async function accountKubeconfig(t: TestContext, plane: ControlPlane): Promise<string> {
  const token = (await run(plane, `-n ${webhookName} create token ${webhookName}`)).trim();
  const file = join(testFolder(t), "kubeconfig");
  writeFileSync(file, kubeconfigText(plane.url, { ca: plane.ca, token }), { mode: 0o600 });
  return file;
}

/** A replica as a process of its own. */
export interface Replica extends ServingProcess {
  readonly metricsPort: number;
  /** What /readyz says, with `?verbose`. */
  ready(): Promise<{ readonly code: number; readonly text: string }>;
  metrics(): Promise<string>;
}

const jumpingClock = new URL("./jumping-clock.ts", import.meta.url).href;

/** Starts `serve` with a CA in the cluster and waits until it serves. SIGUSR2 lets its clock jump ahead. */
export async function startReplica(t: TestContext, kubeconfig: string, ...flags: string[]): Promise<Replica> {
  const args = [
    `--kubeconfig=${kubeconfig}`,
    "--tls-source=self-managed",
    `--tls-namespace=${webhookName}`,
    "--audit-interval-seconds=0",
    ...flags,
  ];
  const served = await serveWith(t, args, [jumpingClock]);
  const metricsPort = Number(/metrics: http:\/\/localhost:(\d+)/.exec(served.stderr())?.[1]);
  const page = async (path: string): Promise<{ code: number; text: string }> => {
    const call = get({ host: "localhost", port: metricsPort, path, agent: false });
    const [response] = await once(call, "response");
    return { code: response.statusCode, text: await text(response) };
  };
  return {
    ...served,
    metricsPort,
    ready: () => page("/readyz?verbose"),
    metrics: async () => (await page("/metrics")).text,
  };
}

/** One address for several replicas, in turn; one that does not take the connection is passed over. */
export async function balancer(t: TestContext, ports: () => readonly number[]): Promise<number> {
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer((near) => {
    const candidates = [...ports()];
    const first = turn++ % Math.max(candidates.length, 1);
    const order = [...candidates.slice(first), ...candidates.slice(0, first)];
    const attempt = (): void => {
      const port = order.shift();
      if (port === undefined) {
        near.destroy();
        return;
      }
      const far = connect(port, "localhost");
      far.once("error", attempt);
      far.once("connect", () => {
        far.off("error", attempt);
        for (const [socket, other] of [
          [near, far],
          [far, near],
        ] as const) {
          sockets.add(socket);
          socket.on("error", () => other.destroy());
          socket.on("close", () => sockets.delete(socket));
        }
        near.pipe(far).pipe(near);
      });
    };
    near.on("error", () => {});
    attempt();
  });
  const port = await listen(server, { host: "127.0.0.1", port: 0, flag: "" });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return port;
}

/** The shipped configurations, without caBundle as they are, calling this port of ours in place of the Service. */
export const configurationsFor = (port: number): readonly Json[] =>
  kinds.map((file) => {
    const shipped = fileOf(file);
    const webhooks = shipped.webhooks.map(({ clientConfig, ...hook }: Json) => ({
      ...hook,
      clientConfig: { url: `https://localhost:${port}${clientConfig.service.path}` },
    }));
    return { ...shipped, webhooks };
  });

/** The CAs that each webhook of both configurations trusts; PEM texts as they are stored. */
export async function bundles(plane: ControlPlane): Promise<readonly string[]> {
  const stored: readonly Json[] = await Promise.all(
    ["mutating", "validating"].map(async (kind) =>
      JSON.parse(await run(plane, `get ${kind}webhookconfiguration ${webhookName} -o json`)),
    ),
  );
  return stored.flatMap(({ webhooks }) =>
    webhooks.map(({ clientConfig }: Json) => Buffer.from(clientConfig.caBundle ?? "", "base64").toString()),
  );
}

/** What is stored of the CA. */
export async function storedAuthority(
  plane: ControlPlane,
): Promise<{ uid: string; cert: string; bundle: string }> {
  const { metadata, data } = JSON.parse(
    await run(plane, `-n ${webhookName} get secret ${secretName} -o json`),
  );
  const read = (key: string): string => Buffer.from(data[key] ?? "", "base64").toString();
  return { uid: metadata.uid, cert: read("tls.crt"), bundle: read("ca.crt") };
}

/** What a port serves with to whoever trusts this bundle; rejects where it would be refused. */
export async function servedCertificate(port: number, ca: string): Promise<X509Certificate> {
  const socket: TLSSocket = connectTls({ host: "localhost", port, ca, servername: "localhost" });
  try {
    await once(socket, "secureConnect");
    const { raw } = socket.getPeerCertificate();
    assert.ok(raw);
    return new X509Certificate(raw);
  } finally {
    socket.destroy();
  }
}
