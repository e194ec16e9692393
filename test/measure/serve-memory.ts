import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type ControlPlane, startControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { store } from "../support/seldon-cluster.ts";
import { storedDeployment } from "../support/stored-deployments.ts";

/**
 * What the webhook needs for a cluster of so many deployments, on a real API server: `npm run build`, then
 * `node --import tsx test/measure/serve-memory.ts 50000`. Prints its resident memory in MB as it goes on, over four
 * full lists: in a pod, with the periodic audit, and for comparison that of `serve --kubeconfig`, with the flags that
 * follow the number.
 */

const count = Number(process.argv[2] ?? 50_000);
const dist = (path: string): string => new URL(`../../dist/${path}`, import.meta.url).href;
const say = (what: object): boolean => process.stdout.write(`${JSON.stringify(what)}\n`);

function memoryOf(pid: number | undefined): object {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mb = (field: string) =>
    Math.round((Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) * 1024) / 1e6);
  return { residentMb: mb("VmRSS"), peakMb: mb("VmHWM") };
}

/** All that `serve` consists of, with the credentials of a pod from a folder of the test's own. */
function inPod({ kubeconfig, url, ca, adminClientConfig }: ControlPlane): string {
  const folder = join(dirname(kubeconfig), "account");
  mkdirSync(folder);
  writeFileSync(join(folder, "ca.crt"), ca);
  writeFileSync(join(folder, "token"), adminClientConfig.getCurrentUser()?.token ?? "");
  const { hostname, port } = new URL(url);
  const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  return `
    await import(${JSON.stringify(dist("commands/program.js"))});
    const { connect } = await import(${JSON.stringify(dist("cluster/live-connect.js"))});
    const { podCredentials } = await import(${JSON.stringify(dist("cluster/live-credentials.js"))});
    const { auditing } = await import(${JSON.stringify(dist("commands/auditing.js"))});
    const { startServer } = await import(${JSON.stringify(dist("server/start.js"))});
    const { createLogger } = await import(${JSON.stringify(dist("server/log.js"))});
    const { defaultConfig } = await import(${JSON.stringify(dist("config/config.js"))});
    const { mint } = await import(${JSON.stringify(dist("tls/mint.js"))});
    const { RenewalTally } = await import(${JSON.stringify(dist("tls/source.js"))});
    const quiet = () => {};
    const observer = { synced: quiet, failing: quiet, recovered: quiet, stale: quiet };
    const credentials = podCredentials(${JSON.stringify(env)}, ${JSON.stringify(folder)});
    const connection = connect(credentials);
    const live = connection.follow({ staleSeconds: 300, relistSeconds: 30, observer });
    const settings = { ...defaultConfig.server, host: "localhost", port: 0, metricsPort: 0 };
    const context = { settings: defaultConfig.engine, cluster: live.view };
    const logger = createLogger("warn", process.stdout);
    const followed = { live, client: connection.client };
    const audit = auditing(followed, context, { ...defaultConfig, audit: { intervalSeconds: 30, events: false } }, logger);
    const certificates = {
      current: await mint({ days: 1, now: new Date() }),
      whenServing: Promise.resolve(),
      checks: [],
      tally: new RenewalTally(),
      expiry: () => ({}),
      onChange: quiet,
      stop: async () => {},
    };
    await startServer({ settings, context, live, audit, logger, certificates });
    await live.whenSynced;
    console.error("ready", live.size);
  `;
}

/** Starts it, waits until it is ready, and says what it takes over four full lists. */
async function watch(what: string, argv: readonly string[], plane: ControlPlane): Promise<void> {
  const started = performance.now();
  const child = spawn(process.execPath, argv, {
    cwd: dirname(plane.kubeconfig),
    stdio: ["ignore", "inherit", "pipe"],
  });
  const [said] = await once(child.stderr, "data");
  say({ what, said: String(said).split("\n", 1)[0], seconds: (performance.now() - started) / 1000 });
  for (let lists = 1; lists <= 4; lists++) {
    say({ what, lists, ...memoryOf(child.pid) });
    if (lists < 4) await sleep(38_000);
  }
  child.kill("SIGTERM");
  await once(child, "exit");
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
  await watch("in a pod", ["--input-type=module", "--eval", inPod(plane)], plane);
  const flags = ["--port=0", "--metrics-port=0", "--cluster-relist-seconds=30", "--log-level=warn"];
  const serve = ["serve", `--kubeconfig=${plane.kubeconfig}`, ...flags, ...process.argv.slice(3)];
  await watch("serve --kubeconfig", [fileURLToPath(dist("main.js")), ...serve], plane);
} finally {
  await plane.stop();
}
