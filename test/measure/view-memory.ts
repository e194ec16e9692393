import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ItemCutter } from "../../src/cluster/live-items.ts";
import { LiveStore } from "../../src/cluster/live-store.ts";
import { storedDeployment } from "../support/stored-deployments.ts";

/**
 * What a process needs for a view of so many deployments, which it reads twice, as at a start and at the next full
 * list: `node --import tsx test/measure/view-memory.ts 50000` prints its resident memory in MB as JSON.
 */

const reader = "reader";

/** As in the image; Node.js 24 takes twice as much by itself, which is nothing that the view holds. */
const youngGeneration = "--max-semi-space-size=16";

const residentMb = (): number => Math.round(process.memoryUsage.rss() / 1e6);

/** Writes one list after the other to a process of its own, lest the writer's memory be counted. */
async function write(count: number): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), [reader], {
    stdio: ["pipe", "inherit", "inherit", "ipc"],
    execArgv: [...process.execArgv, "--expose-gc", youngGeneration],
  });
  const { stdin } = child;
  if (stdin === null) throw new Error("the reader has no standard input");
  for (let list = 0; list < 2; list++) {
    stdin.write('{"items":[');
    for (let index = 0; index < count; index++) {
      const text = JSON.stringify(storedDeployment(index));
      if (!stdin.write(index === 0 ? text : `,${text}`)) await once(stdin, "drain");
    }
    stdin.write("]}");
    // The reader tells lists apart by the end of a chunk.
    await once(child, "message");
  }
  stdin.end();
  await once(child, "exit");
}

async function read(): Promise<void> {
  const before = residentMb();
  const store = new LiveStore();
  let cutter = new ItemCutter();
  let sweep = store.sweep();
  let readMb = 0;
  const afterEach: number[] = [];
  for await (const chunk of process.stdin) {
    readMb += (chunk as Buffer).length / 1e6;
    for (const item of cutter.cut(chunk)) sweep.see(JSON.parse(item));
    if (cutter.rest().endsWith("]}")) {
      sweep.apply();
      sweep = store.sweep();
      // What a list leaves behind as garbage depends on the machine's load, not on the view.
      globalThis.gc?.();
      afterEach.push(residentMb());
      process.send?.("next");
      cutter = new ItemCutter();
    }
  }
  const { size: deployments } = store;
  process.stdout.write(`${JSON.stringify({ deployments, readMb: Math.round(readMb), before, afterEach })}\n`);
}

if (process.argv[2] === reader) await read();
else await write(Number(process.argv[2] ?? 50_000));
