import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Pair } from "../../src/tls/mint.ts";
import type { Json } from "../support/deployment.ts";
import { storedDeployment } from "../support/stored-deployments.ts";

/** Stands in for the API server of a cluster in which something changes all the time. */
export interface ChangingCluster {
  readonly port: number;
  /** Changes, deletes or brings back one deployment; every now and then all watches break off. */
  change(): void;
  stop(): void;
}

const group = "machinelearning.seldon.io";
const apiVersion = `${group}/v1`;

/** After so many changes the watches end, as those of API servers do after a while. */
const changesPerWatch = 50;

export async function startChangingCluster({ cert, key }: Pair, size: number): Promise<ChangingCluster> {
  let version = 1000;
  const stored = new Map(Array.from({ length: size }, (_, index) => [index, at(index, version)]));
  const watches = new Set<ServerResponse>();
  const tell = (type: string, object: unknown): void => {
    for (const watch of watches) watch.write(`${JSON.stringify({ type, object })}\n`);
  };
  const server = createServer({ cert, key }, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "https://localhost");
    response.setHeader("Content-Type", "application/json");
    if (pathname === `/apis/${group}`) {
      const seldon = { groupVersion: apiVersion, version: "v1" };
      response.end(JSON.stringify({ kind: "APIGroup", versions: [seldon], preferredVersion: seldon }));
    } else if (searchParams.has("watch")) {
      response.flushHeaders();
      watches.add(response);
      response.once("close", () => watches.delete(response));
    } else {
      const metadata = { resourceVersion: String(version) };
      const items = [...stored.values()];
      response.end(JSON.stringify({ kind: "SeldonDeploymentList", apiVersion, metadata, items }));
    }
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  let changes = 0;
  return {
    port: (server.address() as AddressInfo).port,
    change() {
      const index = changes++ % size;
      version++;
      const before = stored.get(index);
      if (before !== undefined && changes % 3 === 0) {
        stored.delete(index);
        tell("DELETED", at(index, version));
      } else {
        stored.set(index, at(index, version));
        tell(before === undefined ? "ADDED" : "MODIFIED", at(index, version));
      }
      if (changes % changesPerWatch === 0) for (const watch of watches) watch.end();
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** One deployment as it is at this version: its traffic is another one each time. */
function at(index: number, version: number): Json {
  const object = storedDeployment(index);
  object.metadata.resourceVersion = String(version);
  const main = version % 101;
  for (const [number, predictor] of object.spec.predictors.entries())
    predictor.traffic = number === 0 ? main : 100 - main;
  return object;
}
