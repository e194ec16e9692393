import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What is left of the webhook's memory after a full collection, in bytes, and what it holds open. */
export interface Remains {
  readonly heapUsed: number;
  readonly external: number;
  readonly rss: number;
  /** Timers, sockets and requests of the runtime. */
  readonly handles: number;
  readonly fileDescriptors: number;
}

/** The webhook as it is built, with a probe inside. */
export interface SoakedWebhook {
  readonly port: number;
  readonly metricsPort: number;
  measure(): Promise<Remains>;
  /** What it has said on stderr since it was ready. */
  readonly said: () => string;
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>;
  stop(): void;
}

/** Starts it, and waits for its ready line. With `plant` it leaks on purpose: some memory and a timer for each call. */
export async function startSoaked(flags: readonly string[], plant: boolean): Promise<SoakedWebhook> {
  const args = ["--expose-gc", "--import", file("probe.mjs"), file("../../dist/main.js"), "serve", ...flags];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...process.env, SOAK_PLANT: plant ? "1" : "" },
  });
  const kill = (): unknown => child.kill("SIGTERM");
  process.once("exit", kill);
  const ended = once(child, "exit").then(([code]) => {
    process.off("exit", kill);
    return code as number | null;
  });
  const { stderr } = child;
  if (stderr === null) throw new Error("there is no stderr");
  let said = "";
  stderr.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  while (!said.includes("/metrics")) {
    const early = await Promise.race([once(stderr, "data"), ended]);
    if (!Array.isArray(early)) throw new Error(`the webhook ended with ${early}: ${said}`);
  }
  const [port = 0, metricsPort = 0] = [...said.matchAll(/localhost:(\d+)/g)].map(([, number]) =>
    Number(number),
  );
  const ready = said.length;
  return {
    ...{ port, metricsPort, ended },
    said: () => said.slice(ready),
    async measure() {
      child.send("measure");
      const [remains] = (await once(child, "message")) as [Omit<Remains, "fileDescriptors">];
      return { ...remains, fileDescriptors: readdirSync(`/proc/${child.pid}/fd`).length };
    },
    stop() {
      // What it leaks would keep it from ending.
      child.kill(plant ? "SIGKILL" : "SIGTERM");
    },
  };
}
