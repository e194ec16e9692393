import { DeploymentIndex } from "../../src/cluster/deployment-index.ts";
import { Pool } from "../../src/cluster/intern.ts";
import { project } from "../../src/cluster/projection.ts";
import { mark, routingDigest } from "../../src/mapping/marker.ts";
import { deploymentOf, type Json } from "./deployment.ts";

/** What a process holds for so many deployments: prints its resident memory in MB, before and after, as JSON. */

const count = Number(process.argv[2] ?? 50_000);
const perPage = 500;
const perNamespace = 100;

const generated = (index: number): string =>
  mark("---\nprefix: /seldon/models/iris/\n".repeat(40), routingDigest(index));

/** As a cluster returns it: with status, managed fields and what kubectl applied. */
function stored(index: number): Json {
  const fields = {
    name: `model-${index}-of-some-team`,
    namespace: `team-${Math.floor(index / perNamespace)}`,
    predictors: [
      { name: "main", traffic: 90, container: { name: "classifier" } },
      { name: "canary", traffic: 10, container: { name: "classifier" } },
    ],
    annotations: index % 2 === 0 ? { "seldon.io/ambassador-config": generated(index) } : {},
  };
  const raw = deploymentOf(fields);
  raw.metadata.resourceVersion = String(1_000_000 + index);
  raw.metadata.uid = `00000000-0000-0000-0000-${String(index).padStart(12, "0")}`;
  raw.metadata.annotations = {
    ...raw.metadata.annotations,
    "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify(deploymentOf(fields)),
  };
  raw.metadata.managedFields = [{ manager: "kubectl", fieldsV1: { "f:spec": { "f:predictors": {} } } }];
  raw.status = { state: "Available", replicas: 2, deploymentStatus: { main: { replicas: 1 } } };
  return raw;
}

const residentMb = (): number => Math.round(process.memoryUsage.rss() / 1e6);

function pageText(start: number): string {
  const items = Array.from({ length: Math.min(perPage, count - start) }, (_, offset) =>
    stored(start + offset),
  );
  return JSON.stringify({ kind: "SeldonDeploymentList", items });
}

const before = residentMb();
const index = new DeploymentIndex();
const pool = new Pool();
for (let start = 0; start < count; start += perPage) {
  const page = JSON.parse(pageText(start)) as { items: readonly unknown[] };
  for (const raw of page.items) {
    const deployment = project(raw, pool);
    if (deployment !== undefined) index.put(deployment);
  }
}
process.stdout.write(
  `${JSON.stringify({ deployments: index.size, before, after: residentMb(), heap: Math.round(process.memoryUsage().heapUsed / 1e6) })}\n`,
);
globalThis.gc?.();
process.stdout.write(
  `${JSON.stringify({ after: residentMb(), heap: Math.round(process.memoryUsage().heapUsed / 1e6) })}\n`,
);
