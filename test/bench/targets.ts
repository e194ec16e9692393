import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { pinned } from "./pin.ts";
import { residentMbOf } from "./processes.ts";
import { type StandIn, startStandIn } from "./stand-in.ts";
import type { Workplace } from "./workplace.ts";

/** A server under load. */
export interface Target {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** Follows the path in a URL. */
  readonly suffix: string;
  /** Whether it writes the annotation; the others answer always the same. */
  readonly mutates: boolean;
  /** When it said that it is ready, by `performance.now()`. */
  readonly readyAt: number;
  residentMb(): number;
  stop(): Promise<void>;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

interface Start {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly suffix?: string;
  readonly mutates?: boolean;
}

/** Starts a server on the first core and waits for the line that says where it listens. */
async function startTarget(
  workplace: Workplace,
  { name, args, env, suffix = "", mutates = false }: Start,
): Promise<Target> {
  const [command, ...rest] = pinned(0, [process.execPath, ...args]);
  const child = spawn(command, rest, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, NODE_ENV: "production", ...env },
  });
  workplace.adopt(child);
  const port = await portOf(child, name);
  const { pid = 0 } = child;
  return {
    ...{ name, port, pid, suffix, mutates, readyAt: performance.now() },
    residentMb: () => residentMbOf(pid),
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function portOf(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const port = /ready: https:\/\/localhost:(\d+)/.exec(text)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.once("exit", (code) =>
      reject(new Error(`${name} ended with ${code} before it was ready: ${text}`)),
    );
  });
}

/** What every ratio is to. */
export const startFloor = (workplace: Workplace, name = "bare node https"): Promise<Target> =>
  startTarget(workplace, { name, args: [here("servers/floor.mjs"), workplace.certDir] });

export const startExpress = (workplace: Workplace): Promise<Target> =>
  startTarget(workplace, { name: "express.json", args: [here("servers/express.mjs"), workplace.certDir] });

/** Pepr from the folder where it is installed, with an API server that has nothing but its store. */
export async function startPepr(workplace: Workplace, folder: string): Promise<Target> {
  const standIn = await startStandIn(workplace.pair, 0);
  const target = await startTarget(workplace, {
    name: "Pepr 1.1.4",
    args: [here("servers/pepr.mjs"), workplace.certDir, folder],
    env: { KUBECONFIG: workplace.kubeconfig(standIn.port) },
    suffix: "/bench",
    mutates: true,
  });
  return stoppingWith(target, standIn);
}

export interface WebhookStart {
  /** What its view holds. */
  readonly deployments: number;
  readonly nodeFlags?: readonly string[];
  readonly flags?: readonly string[];
}

/** A webhook and the cluster that it follows. */
export interface Webhook extends Target {
  readonly standIn: StandIn;
}

/**
 * The webhook as it is built and with its usual settings, in what looks to it like a pod: it lists and follows the
 * deployments of an API server. Its log is written and thrown away.
 */
export async function startWebhook(
  workplace: Workplace,
  { deployments, nodeFlags = [], flags = [] }: WebhookStart,
): Promise<Webhook> {
  const standIn = await startStandIn(workplace.pair, deployments);
  const own = ["--host=localhost", "--port=0", "--metrics-port=0", "--drain-seconds=0"];
  // The flag is the image's.
  const preload = ["--max-semi-space-size=16", "--require", here("servers/pod-account.cjs")];
  const serve = [here("../../dist/main.js"), "serve", `--cert-dir=${workplace.certDir}`, ...own];
  const target = await startTarget(workplace, {
    name: `this webhook, ${deployments} deployments`,
    args: [...nodeFlags, ...preload, ...serve, ...flags],
    env: {
      BENCH_ACCOUNT: workplace.account,
      KUBERNETES_SERVICE_HOST: "localhost",
      KUBERNETES_SERVICE_PORT: String(standIn.port),
    },
    mutates: true,
  });
  return { ...stoppingWith(target, standIn), standIn };
}

const stoppingWith = (target: Target, standIn: StandIn): Target => ({
  ...target,
  async stop() {
    await target.stop();
    standIn.stop();
  },
});
