import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { mutate } from "../../src/admission/mutate.ts";
import type { AdmissionReview } from "../../src/admission/types.ts";
import { validate } from "../../src/admission/validate.ts";
import { guarded } from "../../src/cluster/guarded.ts";
import { LiveStore } from "../../src/cluster/live-store.ts";
import { defaultConfig } from "../../src/config/config.ts";
import { applyPatch } from "../../src/review/patch.ts";
import { createLogger } from "../../src/server/log.ts";
import { startServer } from "../../src/server/start.ts";
import { mint } from "../../src/tls/mint.ts";
import { deploymentOf, type Json } from "../support/deployment.ts";
import { storedDeployment } from "../support/stored-deployments.ts";
import { fixedSource } from "../support/tls.ts";
import { httpsCaller } from "./https-caller.ts";

/**
 * What one admission costs by the number of deployments in the view: `node --import tsx
 * test/measure/admission-scaling.ts [rounds]`. Each size has a process of its own, with a server; in every round each
 * does the same work, one after the other, and the time of the processor is counted, so that whatever else the machine
 * does weighs little. Prints medians in microseconds, over TLS with the caller's own share, and, which is what counts,
 * the median over all rounds of the ratio to the empty view. A namespace with a hundred others is reported by itself.
 */

const sizes = [0, 1000, 50_000];
const warmUp = 15;
const rounds = Number(process.argv[2] ?? 40);
const perRound = { engine: 100, tls: 25 };

/** Where the deployment that is written lives: `team-0` holds a hundred others where there are any. */
const places = { alone: "models", peers: "team-0" } as const;
type Place = keyof typeof places;
const paths = { validate, mutate } as const;
type Path = keyof typeof paths;
type Level = keyof typeof perRound;

interface Task {
  readonly level: Level;
  readonly path: Path;
  readonly place: Place;
}

const tasks: readonly Task[] = (["engine", "tls"] as const).flatMap((level) =>
  (["validate", "mutate"] as const).flatMap((path) =>
    (["alone", "peers"] as const).map((place) => ({ level, path, place })),
  ),
);

function reviewOf(place: Place, object: Json): AdmissionReview {
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "8a7c2d1e",
      kind: { group: "machinelearning.seldon.io", version: "v1", kind: "SeldonDeployment" },
      name: object.metadata.name,
      namespace: places[place],
      operation: "CREATE",
      object,
    },
  };
}

async function serve(size: number): Promise<void> {
  const store = new LiveStore();
  for (let index = 0; index < size; index++) store.put(storedDeployment(index));
  const context = { settings: defaultConfig.engine, cluster: guarded(store.view, () => undefined) };
  const tls = await mint({ days: 1, now: new Date() });
  const settings = { ...defaultConfig.server, host: "localhost", port: 0, metricsPort: 0, drainSeconds: 0 };
  const logger = createLogger("info", { write: () => {} });
  const server = await startServer({ settings, context, logger, certificates: fixedSource(tls) });
  const { call, close } = httpsCaller(server.port, tls.ca);

  const reviews = new Map<string, AdmissionReview>();
  for (const place of ["alone", "peers"] as const) {
    const predictors = [
      { name: "main", traffic: 90 },
      { name: "canary", traffic: 10 },
    ];
    const written = reviewOf(place, deploymentOf({ name: "iris", namespace: places[place], predictors }));
    const final = applyPatch(written.request.object, mutate(written.request, context).patch) as Json;
    reviews.set(`mutate ${place}`, written).set(`validate ${place}`, reviewOf(place, final));
    const { allowed, reports } = validate(reviewOf(place, final).request, context);
    if (!allowed || reports.length > 0)
      throw new Error(`the deployment is not right: ${JSON.stringify(reports)}`);
  }

  process.on("message", async ({ level, path, place }: Task) => {
    const review = reviews.get(`${path} ${place}`);
    if (review === undefined) return;
    const body = JSON.stringify(review);
    const count = perRound[level];
    const began = process.cpuUsage();
    for (let done = 0; done < count; done++)
      if (level === "tls") await call(path, body);
      else paths[path](review.request, context);
    const { user, system } = process.cpuUsage(began);
    process.send?.((user + system) / count);
  });
  process.once("disconnect", () => {
    close();
    void server.close();
  });
  process.send?.("ready");
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

async function measure(): Promise<void> {
  const children: ChildProcess[] = [];
  for (const size of sizes) {
    const child = fork(fileURLToPath(import.meta.url), ["serve", String(size)]);
    await once(child, "message");
    children.push(child);
  }
  const ask = async (child: ChildProcess, task: Task): Promise<number> => {
    const answered = once(child, "message");
    child.send(task);
    const [microseconds] = await answered;
    return microseconds as number;
  };
  for (const task of tasks) {
    const times = sizes.map((): number[] => []);
    // The first rounds are for the compiler.
    for (let round = -warmUp; round < rounds; round++) {
      for (const step of sizes.keys()) {
        const index = (step + Math.abs(round)) % sizes.length;
        const taken = await ask(children[index] as ChildProcess, task);
        if (round >= 0) times[index]?.push(taken);
      }
    }
    const [empty = []] = times;
    const columns = sizes.map((size, index) => {
      const ratio = median((times[index] ?? []).map((time, round) => time / (empty[round] ?? NaN)));
      return [size, { us: Math.round(median(times[index] ?? [])), ratio: Number(ratio.toFixed(2)) }] as const;
    });
    process.stdout.write(`${JSON.stringify({ ...task, ...Object.fromEntries(columns) })}\n`);
  }
  for (const child of children) child.disconnect();
}

if (process.argv[2] === "serve") await serve(Number(process.argv[3]));
else await measure();
