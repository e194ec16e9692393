import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { store } from "../support/seldon-cluster.ts";
import { storedDeployment } from "../support/stored-deployments.ts";

/**
 * What `serve` needs for a cluster of so many deployments, on a real API server: `npm run build`, then
 * `node --import tsx test/measure/serve-memory.ts 50000`. Prints its resident memory in MB as it goes on, over
 * three full lists.
 */

const count = Number(process.argv[2] ?? 50_000);
const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const say = (what: object): boolean => process.stdout.write(`${JSON.stringify(what)}\n`);

function memoryOf(pid: number | undefined): object {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mb = (field: string) =>
    Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1000);
  return { residentMb: mb("VmRSS"), peakMb: mb("VmHWM") };
}

const plane = await startControlPlane();
try {
  await installCrd(plane.kubectl);
  await store(
    plane,
    (function* () {
      for (let index = 0; index < count; index++) yield storedDeployment(index);
    })(),
  );
  const flags = ["--port=0", "--metrics-port=0", "--cluster-relist-seconds=30", "--log-level=info"];
  const cwd = dirname(plane.kubeconfig);
  const started = performance.now();
  const child = spawn(process.execPath, [main, "serve", `--kubeconfig=${plane.kubeconfig}`, ...flags], {
    cwd: join(cwd),
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.pipe(process.stdout);
  await once(child.stderr, "data");
  say({ syncedAfterSeconds: (performance.now() - started) / 1000, ...memoryOf(child.pid) });
  for (let minute = 1; minute <= 3; minute++) {
    await sleep(35_000);
    say({ lists: minute + 1, ...memoryOf(child.pid) });
  }
  child.kill("SIGTERM");
  await once(child, "exit");
} finally {
  await plane.stop();
}
