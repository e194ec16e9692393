import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { storedDeployment } from "../support/stored-deployments.ts";
import { pinned } from "./pin.ts";

/** A server under load. */
export interface Target {
  readonly name: string;
  readonly port: number;
  /** Seconds of processor that it has used so far. */
  cpuSeconds(): number;
  residentMb(): number;
  stop(): Promise<void>;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const tsx = import.meta.resolve("tsx");

/** Linux counts in hundredths of a second (`getconf CLK_TCK`). */
const ticksPerSecond = 100;

function cpuSeconds(pid: number): number {
  // The name in the second field may hold anything; what follows its last bracket is numbers.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

const residentMb = (pid: number): number =>
  (Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024) / 1e6;

/** Starts a server on the first core and waits for the line that says where it listens. */
export async function startTarget(name: string, args: readonly string[]): Promise<Target> {
  const [command, ...rest] = pinned(0, [process.execPath, ...args]);
  const child = spawn(command, rest, { stdio: ["ignore", "ignore", "pipe"] });
  const port = await portOf(child, name);
  const { pid = 0 } = child;
  return {
    name,
    port,
    cpuSeconds: () => cpuSeconds(pid),
    residentMb: () => residentMb(pid),
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

export const startFloor = (certDir: string): Promise<Target> =>
  startTarget("bare node https", ["--import", tsx, here("servers/floor.ts"), certDir]);

export const startExpress = (certDir: string): Promise<Target> =>
  startTarget("express.json", ["--import", tsx, here("servers/express.ts"), certDir]);

/** The webhook as it is built, with a view of so many deployments; the log is written and thrown away. */
export function startWebhook(
  folder: string,
  certDir: string,
  deployments: number,
  nodeFlags: readonly string[] = [],
): Promise<Target> {
  const file = join(folder, `existing-${deployments}.json`);
  const items = Array.from({ length: deployments }, (_, index) => storedDeployment(index));
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  const flags = ["--host=localhost", "--port=0", "--metrics-port=0", "--drain-seconds=0"];
  return startTarget(`this webhook, ${deployments} deployments`, [
    ...nodeFlags,
    here("../../dist/main.js"),
    "serve",
    `--cert-dir=${certDir}`,
    `--cluster=${file}`,
    ...flags,
  ]);
}
