import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A program to run in the background. */
export interface Program {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  /** The control plane's own folder, which takes the log and is removed when its owner dies. */
  readonly folder: string;
}

/** A running server. */
export interface ServerProcess {
  readonly pid: number;
  /** How it ended, once it has. */
  readonly ended: string | undefined;
  /** Ends it by its pid and waits until it is gone; what is not gone in time is killed. */
  stop(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

const graceMs = 10_000;
const logLines = 25;

const logFile = (folder: string, name: string): string => join(folder, `${name}.log`);

/** The last lines that a server wrote. */
export function logTail(folder: string, name: string): string {
  const file = logFile(folder, name);
  if (!existsSync(file)) return "";
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-logLines).join("\n");
}

// The pipe to this shell closes with us, whatever ends us: an exception, process.exit, even SIGKILL. It is detached
// so that the Ctrl-C that ends us does not reach it.
function guard(pid: number, folder: string): ChildProcess {
  const script = 'read -r _; kill -9 "$1"; sleep 0.5; rm -rf "$2"';
  const shell = spawn("/bin/sh", ["-c", script, "sh", String(pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  shell.unref();
  shell.stdin.on("error", () => {});
  (shell.stdin as unknown as { unref(): void }).unref();
  return shell;
}

async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const inTime = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}

function spawnLogged({ name, path, args, folder }: Program): ChildProcess {
  const log = openSync(logFile(folder, name), "a", 0o600);
  try {
    // Nothing of the user's environment: proxies and credentials have no business here.
    return spawn(path, args, {
      stdio: ["ignore", log, log],
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder },
    });
  } finally {
    closeSync(log);
  }
}

/** Starts a server that outlives neither `stop` nor this process. */
export async function launch(program: Program): Promise<ServerProcess> {
  const child = spawnLogged(program);
  await once(child, "spawn");
  const pid = child.pid as number;
  const watch = guard(pid, program.folder);
  let ended: string | undefined;
  const exited = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      ended = signal ?? `exit code ${code}`;
      watch.kill("SIGKILL"); // before the pid can belong to somebody else
      resolve();
    });
  });
  child.unref();
  return {
    pid,
    get ended() {
      return ended;
    },
    async stop(signal) {
      if (ended !== undefined) return;
      child.ref();
      child.kill(signal);
      if (await within(graceMs, exited)) return;
      child.kill("SIGKILL");
      await exited;
    },
  };
}
