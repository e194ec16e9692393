import { spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { makeWorkplace } from "../bench/workplace.ts";
import type { FuzzedCall } from "./call.ts";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** What came back, and from which port of ours it was asked for. */
export interface SentAnswer {
  readonly code: number;
  readonly text: string;
  readonly localPort: number;
}

/** The webhook as it is built, in a process of its own. */
export interface FuzzTarget {
  readonly pid: number;
  /** PEM of the CA that signed what it serves with. */
  readonly ca: string;
  readonly port: number;
  /** Makes a call, on a connection of the target's own agent unless another is given. */
  send(call: FuzzedCall, agent?: Agent): Promise<SentAnswer>;
  /** Its page of metrics. */
  page(): Promise<string>;
  /** Calls that failed by a bug, as the webhook counts them. Rejects when it is gone. */
  panics(): Promise<number>;
  stop(): void;
}

/** Starts it with a pair of its own, which is gone when this process is, and waits for its ready line. */
export async function startTarget(more: readonly string[] = []): Promise<FuzzTarget> {
  const place = await makeWorkplace();
  const flags = ["--host=localhost", "--port=0", "--metrics-port=0", "--log-level=error", ...more];
  const child = spawn(process.execPath, [main, "serve", `--cert-dir=${place.certDir}`, ...flags], {
    stdio: ["ignore", "inherit", "pipe"],
  });
  place.adopt(child);
  child.stderr.setEncoding("utf8");
  let said = "";
  while (!said.includes("/metrics")) said += (await once(child.stderr, "data"))[0];
  const [port, metricsPort] = [...said.matchAll(/localhost:(\d+)/g)].map(([, number]) => Number(number));
  const agent = new Agent({ keepAlive: true, ca: place.pair.ca });
  const page = async (): Promise<string> => {
    const [response] = await once(
      get({ host: "localhost", port: metricsPort, path: "/metrics" }),
      "response",
    );
    return text(response);
  };
  return {
    pid: child.pid as number,
    ca: place.pair.ca,
    port: port as number,
    async send({ path, body }, from = agent) {
      const call = request({ host: "localhost", port, path, agent: from, method: "POST" });
      call.setHeader("Content-Type", "application/json");
      call.end(body);
      const [response] = await once(call, "response");
      const { localPort } = response.socket;
      return { code: response.statusCode, text: await text(response), localPort };
    },
    page,
    async panics() {
      return Number(/^seldon_ambassador_webhook_panics_total (\d+)$/m.exec(await page())?.[1]);
    },
    stop() {
      agent.destroy();
      place.remove();
    },
  };
}
