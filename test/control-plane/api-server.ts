import { get } from "node:https";
import type { Credentials } from "./credentials.ts";
import { etcdUrl } from "./etcd.ts";
import { launchReady } from "./readiness.ts";
import type { ServerProcess } from "./server-process.ts";

/** What an API server is started with, again and again. */
export interface ApiServerSetup {
  readonly path: string;
  readonly folder: string;
  readonly port: number;
  readonly credentials: Credentials;
  /** Arguments that come last and so win. */
  readonly extraArgs: readonly string[];
}

/** Starts an API server with RBAC and the admission plugins that are on by default. */
export function startApiServer(setup: ApiServerSetup): Promise<ServerProcess> {
  const { folder, port, credentials } = setup;
  const args = [
    `--etcd-servers=${etcdUrl(folder)}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${port}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    // The Service "kubernetes" may not point to loopback, and nobody looks for it here.
    "--endpoint-reconciler-type=none",
    "--authorization-mode=RBAC",
    // Without it an open watch holds up a restart for a minute.
    "--shutdown-watch-termination-grace-period=1s",
    ...credentials.args,
    ...setup.extraArgs,
  ];
  const headers = { authorization: `Bearer ${credentials.token}` };
  const request = (path: string) => () =>
    get({ host: "127.0.0.1", port, path, ca: credentials.ca, headers, agent: false });
  const program = { name: "kube-apiserver", path: setup.path, folder, args };
  // It calls itself ready a moment before it has made the namespaces of the system.
  return launchReady(program, request("/readyz"), request("/api/v1/namespaces/default"));
}
