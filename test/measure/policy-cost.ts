import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { mutate } from "../../src/admission/mutate.ts";
import type { AdmissionReview } from "../../src/admission/types.ts";
import { validate } from "../../src/admission/validate.ts";
import { emptyCluster } from "../../src/cluster/snapshot.ts";
import { defaultConfig } from "../../src/config/config.ts";
import { type PolicyContext, PolicyIndex } from "../../src/policy/policy-index.ts";
import { applyPatch } from "../../src/review/patch.ts";
import { createLogger } from "../../src/server/log.ts";
import { startServer } from "../../src/server/start.ts";
import { mint } from "../../src/tls/mint.ts";
import { deploymentOf, type Json } from "../support/deployment.ts";
import { policyOf, policyText } from "../support/policies.ts";
import { fixedSource } from "../support/tls.ts";
import { httpsCaller } from "./https-caller.ts";

/**
 * What one admission costs by its policy: `node --import tsx test/measure/policy-cost.ts [rounds]`. None, the strict
 * example, and a policy of a hundred checks have a process of their own each; in every round each does the same work,
 * one after the other, and the time of the processor is counted, so that whatever else the machine does weighs little.
 * Prints medians in microseconds, and, which is what counts, the median over all rounds of the ratio to no policy.
 */

/** Of the kind that teams write, each about another name, so that none can be answered for the other. */
const kinds: readonly ((index: number) => string)[] = [
  (index) => `!("forbidden-${index}" in object.metadata.labels)`,
  (index) =>
    `object.spec.predictors.all(p, !p.name.startsWith("old-${index}") && p.replicas <= ${10 + index})`,
  (index) => `routes.all(r, r.timeoutMs <= ${10_000 + index} && r.prefix.matches("^/[(a-z${index % 10}]"))`,
  (index) =>
    `has(object.metadata.annotations) && object.metadata.?annotations["x/${index}"].orValue("") == ""`,
  (index) => `request.operation != "DELETE" && namespaceObject.metadata.name != "ns-${index}"`,
];

const hundred = (): string =>
  policyText(
    `checks:\n${Array.from({ length: 100 }, (_, index) => {
      const expression = JSON.stringify(kinds[index % kinds.length]?.(index));
      return `  - { name: c${index}, message: is not so, expression: ${expression} }\n`;
    }).join("")}`,
  );

const policies = {
  none: () => undefined,
  strict: () => readFileSync("manifests/examples/policies/strict-production.yaml", "utf8"),
  "100 checks": hundred,
} as const;
type Name = keyof typeof policies;
const names = Object.keys(policies) as Name[];

const labels = new Map([["kubernetes.io/metadata.name", "models"]]);

function contextOf(text: string | undefined): PolicyContext | undefined {
  if (text === undefined) return undefined;
  const index = new PolicyIndex(policyOf(text), defaultConfig.engine.seldon.operatorVersion);
  return { index, labelsOf: () => labels, nowMs: 0 };
}

const perRound = { engine: 100, tls: 25 };
const paths = { validate, mutate } as const;
type Path = keyof typeof paths;

interface Task {
  readonly level: keyof typeof perRound;
  readonly path: Path;
}

const tasks: readonly Task[] = (["engine", "tls"] as const).flatMap((level) =>
  (["validate", "mutate"] as const).map((path) => ({ level, path })),
);

/** A deployment that none of the policies has anything against. */
function written(): Json {
  const object = deploymentOf({
    name: "iris",
    namespace: "models",
    annotations: { "example.com/runbook": "https://wiki.example.com/iris" },
    predictors: [{ name: "main", traffic: 100 }],
  });
  const metadata = { ...object.metadata, labels: { team: "ranking", "cost-centre": "cc-0001" } };
  const predictors = object.spec.predictors.map((predictor: Json) => ({ ...predictor, replicas: 2 }));
  return { ...object, metadata, spec: { ...object.spec, predictors } };
}

const reviewOf = (object: Json): AdmissionReview => ({
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  request: {
    uid: "8a7c2d1e",
    kind: { group: "machinelearning.seldon.io", version: "v1", kind: "SeldonDeployment" },
    ...{ name: "iris", namespace: "models", operation: "CREATE", object },
    userInfo: { username: "ann", groups: ["ml"] },
  },
});

async function serve(name: Name): Promise<void> {
  const context = {
    settings: defaultConfig.engine,
    cluster: emptyCluster(),
    policy: contextOf(policies[name]()),
  };
  const first = reviewOf(written());
  const final = applyPatch(first.request.object, mutate(first.request, context).patch) as Json;
  const reviews = { mutate: first, validate: reviewOf(final) };
  const { reports } = validate(reviews.validate.request, context);
  if (reports.length > 0) throw new Error(`the deployment is not right: ${JSON.stringify(reports)}`);

  const tls = await mint({ days: 1, now: new Date() });
  const settings = { ...defaultConfig.server, host: "localhost", port: 0, metricsPort: 0, drainSeconds: 0 };
  const logger = createLogger("info", { write: () => {} });
  const server = await startServer({ settings, context, logger, certificates: fixedSource(tls) });
  const caller = httpsCaller(server.port, tls.ca);

  process.on("message", async ({ level, path }: Task) => {
    const body = JSON.stringify(reviews[path]);
    const count = perRound[level];
    const began = process.cpuUsage();
    for (let done = 0; done < count; done++)
      if (level === "tls") await caller.call(path, body);
      else paths[path](reviews[path].request, context);
    const { user, system } = process.cpuUsage(began);
    process.send?.((user + system) / count);
  });
  process.once("disconnect", () => {
    caller.close();
    void server.close();
  });
  process.send?.("ready");
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/** The first rounds are for the compiler. */
const warmUp = 15;

async function timesOf(task: Task, children: readonly ChildProcess[], rounds: number): Promise<number[][]> {
  const times = children.map((): number[] => []);
  for (let round = -warmUp; round < rounds; round++)
    for (const step of children.keys()) {
      const index = (step + Math.abs(round)) % children.length;
      const child = children[index] as ChildProcess;
      const answered = once(child, "message");
      child.send(task);
      const [taken] = await answered;
      if (round >= 0) times[index]?.push(taken as number);
    }
  return times;
}

async function measure(rounds: number): Promise<void> {
  const children: ChildProcess[] = [];
  for (const name of names) {
    const child = fork(fileURLToPath(import.meta.url), ["serve", name]);
    child.once("exit", (code) => {
      // Nobody would answer any more.
      if (code !== 0) process.exit(1);
    });
    await once(child, "message");
    children.push(child);
  }
  for (const task of tasks) {
    const times = await timesOf(task, children, rounds);
    const columns = names.map((name, index) => {
      const ratio = median((times[index] ?? []).map((time, round) => time / (times[0]?.[round] ?? NaN)));
      return [name, { us: Math.round(median(times[index] ?? [])), ratio: Number(ratio.toFixed(2)) }] as const;
    });
    process.stdout.write(`${JSON.stringify({ ...task, ...Object.fromEntries(columns) })}\n`);
  }
  for (const child of children) child.disconnect();
}

if (process.argv[2] === "serve") await serve(process.argv[3] as Name);
else await measure(Number(process.argv[2] ?? 40));
