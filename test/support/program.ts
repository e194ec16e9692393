import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { run } from "../../src/commands/program.ts";

/** How a run of the program ended. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function collector(): { stream: Writable; text: () => string } {
  let collected = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      collected += chunk;
      done();
    },
  });
  return { stream, text: () => collected };
}

/** Runs a command in this process; `env` is all of its environment. */
export async function runProgram(argv: readonly string[], env: Record<string, string> = {}): Promise<Result> {
  const [stdout, stderr] = [collector(), collector()];
  const io = { stdin: Readable.from([]), stdout: stdout.stream, stderr: stderr.stream, env };
  const code = await run(argv, io);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

/** A folder that vanishes with the test. */
export function testFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "webhook-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The program as a process of its own, serving in a folder of its own. */
export interface ServingProcess {
  readonly child: ChildProcess;
  readonly port: number;
  readonly folder: string;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Its exit code, or the signal that ended it, once all that it wrote has been read. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Starts `serve` on free ports and waits for the ready line. */
export const serveInProcess = (t: TestContext, ...args: string[]): Promise<ServingProcess> =>
  serveWith(t, args);

/** The same, with modules that are loaded before it. */
export async function serveWith(
  t: TestContext,
  args: readonly string[],
  preloaded: readonly string[] = [],
): Promise<ServingProcess> {
  const folder = testFolder(t);
  const tsx = fileURLToPath(import.meta.resolve("tsx"));
  const modules = [tsx, ...preloaded].flatMap((module) => ["--import", module]);
  const argv = [...modules, join(root, "src/main.ts"), "serve", "--port=0", "--metrics-port=0", ...args];
  // Where the tests themselves run in a pod, its cluster is none of theirs.
  const env = { ...process.env, KUBERNETES_SERVICE_HOST: "" };
  const child = spawn(process.execPath, argv, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  const ended = once(child, "close").then(([code, signal]) => code ?? signal);
  const port = await new Promise<number>((resolve, reject) => {
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
      const ready = /^ready: https:\/\/localhost:(\d+)\/.*\n/m.exec(stderr);
      if (ready) resolve(Number(ready[1]));
    });
    ended.then(() => reject(new Error(`it ended before it was ready: ${stderr}`)));
  });
  return { child, port, folder, stdout: () => stdout, stderr: () => stderr, ended };
}
