import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { type ApiServerSetup, startApiServer } from "./api-server.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import { kubeconfigText, makeCredentials } from "./credentials.ts";
import { startEtcd } from "./etcd.ts";
import { type Kubectl, kubectlFor } from "./kubectl.ts";
import { freePort } from "./ports.ts";
import { logTail, type ServerProcess } from "./server-process.ts";

/** What may differ between control planes. */
export interface ControlPlaneOptions {
  /** Where the programs are looked for; the process's own environment unless given. */
  readonly env?: NodeJS.ProcessEnv;
  /** More arguments for kube-apiserver. */
  readonly apiServerArgs?: readonly string[];
}

/** An etcd and a kube-apiserver of one's own, on loopback, with all their files in one temporary folder. */
export interface ControlPlane {
  readonly url: string;
  /** The path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** PEM of the CA that signed the API server's certificate. */
  readonly ca: string;
  /** The same kubeconfig for @kubernetes/client-node. */
  readonly adminClientConfig: KubeConfig;
  /** etcd and kube-apiserver, as they run now. */
  readonly pids: readonly number[];
  /** Runs kubectl as the administrator. */
  readonly kubectl: Kubectl;
  /** Ends the API server as a rollout would, and starts it on the same port over the same etcd. */
  restartApiServer(whileDown?: () => Promise<void>): Promise<void>;
  /** The end of both logs. */
  logs(): string;
  /** Leaves no process and no file; to be called as often as one likes. */
  stop(): Promise<void>;
}

const portAttempts = 3;

interface Running {
  readonly setup: ApiServerSetup;
  readonly apiServer: ServerProcess;
}

// Between the choice of a port and its use somebody else may take it.
async function startOnFreePort(setup: Omit<ApiServerSetup, "port">): Promise<Running> {
  for (let attempt = 1; ; attempt++) {
    const onPort = { ...setup, port: await freePort() };
    try {
      return { setup: onPort, apiServer: await startApiServer(onPort) };
    } catch (error) {
      if (attempt === portAttempts || !String(error).includes("address already in use")) throw error;
    }
  }
}

function requireBinaries(env: NodeJS.ProcessEnv): Binaries {
  const { binaries, missing } = findBinaries(env);
  if (binaries === undefined) throw new Error(missing);
  return binaries;
}

const logsOf = (folder: string): string =>
  ["etcd", "kube-apiserver"].map((name) => `── ${name}\n${logTail(folder, name)}`).join("\n");

function control(folder: string, binaries: Binaries, etcd: ServerProcess, running: Running): ControlPlane {
  const { setup } = running;
  const { ca, token } = setup.credentials;
  const url = `https://127.0.0.1:${setup.port}`;
  const kubeconfig = join(folder, "kubeconfig");
  writeFileSync(kubeconfig, kubeconfigText(url, { ca, token }), { mode: 0o600 });
  const adminClientConfig = new KubeConfig();
  adminClientConfig.loadFromFile(kubeconfig);
  let { apiServer } = running;
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all([apiServer.stop("SIGKILL"), etcd.stop("SIGKILL")]);
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    url,
    kubeconfig,
    ca,
    adminClientConfig,
    get pids() {
      return [etcd.pid, apiServer.pid];
    },
    kubectl: kubectlFor(binaries.kubectl, kubeconfig, folder),
    async restartApiServer(whileDown) {
      await apiServer.stop("SIGTERM");
      await whileDown?.();
      if (stopped !== undefined)
        throw new Error("the control plane was stopped while its API server was down");
      apiServer = await startApiServer(setup);
    },
    logs: () => logsOf(folder),
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** Starts a control plane; any number of them may run side by side. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = requireBinaries(options.env ?? process.env);
  const folder = mkdtempSync(join(tmpdir(), "control-plane-"));
  let etcd: ServerProcess | undefined;
  try {
    etcd = await startEtcd(binaries.etcd, folder);
    const credentials = await makeCredentials(folder);
    const extraArgs = options.apiServerArgs ?? [];
    const running = await startOnFreePort({ path: binaries.apiServer, folder, credentials, extraArgs });
    return control(folder, binaries, etcd, running);
  } catch (error) {
    await etcd?.stop("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
