import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { freePort } from "../control-plane/ports.ts";
import { launch } from "../control-plane/server-process.ts";

const ownEntry = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** How a replica is started. */
export interface ReplicaPlan {
  readonly name: string;
  /** Takes its log. */
  readonly folder: string;
  /** Of `serve`. */
  readonly flags: readonly string[];
  /** Node's own, before the program. */
  readonly nodeFlags?: readonly string[];
  /** The program; the build of this repository unless given. */
  readonly entry?: string;
}

/** `serve` as a process of its own, which ends with this one. */
export interface Replica {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** How it ended, once it has. */
  readonly ended: string | undefined;
  /** What /readyz answers; 0 when it does not. */
  ready(): Promise<number>;
  /** What it serves with, whoever trusts that. */
  leaf(): Promise<X509Certificate>;
  log(): string;
  stop(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** As a kubelet's probe, which does not verify certificates either. */
async function statusOf(port: number): Promise<number> {
  const asked = request({
    host: "127.0.0.1",
    port,
    path: "/readyz",
    agent: false,
    rejectUnauthorized: false,
    timeout: 5000,
  });
  asked.on("error", () => {});
  asked.on("timeout", () => asked.destroy());
  asked.end();
  try {
    const [response] = await once(asked, "response");
    response.on("error", () => {}).resume();
    return response.statusCode;
  } catch {
    return 0;
  }
}

async function leafOf(port: number): Promise<X509Certificate> {
  const socket = connect({ host: "127.0.0.1", port, servername: "localhost", rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect");
    return new X509Certificate(socket.getPeerCertificate().raw);
  } finally {
    socket.destroy();
  }
}

/** Starts one; it need not be ready yet. */
export async function launchReplica({ name, folder, flags, ...plan }: ReplicaPlan): Promise<Replica> {
  const port = await freePort();
  const { nodeFlags = [], entry = ownEntry } = plan;
  const own = [
    "serve",
    "--host=127.0.0.1",
    `--port=${port}`,
    "--metrics-port=0",
    "--audit-interval-seconds=0",
  ];
  const args = [...nodeFlags, entry, ...own, ...flags];
  const server = await launch({ name, path: process.execPath, folder, args });
  return {
    name,
    port,
    pid: server.pid,
    get ended() {
      return server.ended;
    },
    ready: () => statusOf(port),
    leaf: () => leafOf(port),
    log: () => readFileSync(join(folder, `${name}.log`), "utf8"),
    stop: (signal) => server.stop(signal),
  };
}
