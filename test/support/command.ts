import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

/** A command of the program as a process of its own. */
export interface CommandProcess {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Its exit code, or the signal that ended it, once all that it wrote has been read. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** How such a process ended. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | NodeJS.Signals;
}

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");

/** Starts a command, whose environment is nothing but PATH; it ends with the test. */
export function startCommand(t: TestContext, ...args: string[]): CommandProcess {
  const child = spawn(process.execPath, ["--import", tsx, main, ...args], {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code, signal]) => code ?? signal);
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

/** Runs a command to its end. */
export async function runCommand(t: TestContext, ...args: string[]): Promise<CommandResult> {
  const { stdout, stderr, ended } = startCommand(t, ...args);
  const status = await ended;
  return { stdout: stdout(), stderr: stderr(), status };
}
