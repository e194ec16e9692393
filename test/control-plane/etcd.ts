import { get } from "node:http";
import { join } from "node:path";
import { launchReady } from "./readiness.ts";
import type { ServerProcess } from "./server-process.ts";

// Sockets in the folder of the control plane: no port to collide over, and reachable by its owner only.
const socket = (folder: string, name: string): string => join(folder, `${name}.sock`);

/** How clients name the etcd of this folder. */
export const etcdUrl = (folder: string): string => `unix://${socket(folder, "client")}`;

// What it tells other members and wandering clients, of which there are none; etcd insists on host and port.
const advertisedUrl = "http://localhost:2379";

/** Starts an etcd whose data live in the folder; nobody needs them after a crash, so nothing is synced. */
export function startEtcd(path: string, folder: string): Promise<ServerProcess> {
  const args = [
    `--data-dir=${join(folder, "data")}`,
    `--listen-client-urls=${etcdUrl(folder)}`,
    `--advertise-client-urls=${advertisedUrl}`,
    `--listen-peer-urls=unix://${socket(folder, "peer")}`,
    `--initial-advertise-peer-urls=${advertisedUrl}`,
    `--initial-cluster=default=${advertisedUrl}`,
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
  return launchReady({ name: "etcd", path, folder, args }, () =>
    get({ socketPath: socket(folder, "client"), path: "/health" }),
  );
}
