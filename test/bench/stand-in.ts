import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Pair } from "../../src/tls/mint.ts";
import { storedDeployment } from "../support/stored-deployments.ts";

/** Stands in for the API server of a cluster with so many deployments, which nobody changes. */
export interface StandIn {
  readonly port: number;
  /** When each whole list had been sent, by `performance.now()`. */
  readonly listEnds: readonly number[];
  stop(): void;
}

/** As the real one's, before a watch is said to be dead. */
const bookmarkMs = 60_000;
const resourceVersion = "100000000";

const json = (response: ServerResponse, value: unknown): void => {
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify(value));
};

const seldon = { group: "machinelearning.seldon.io", version: "v1" };
const seldonVersion = { groupVersion: `${seldon.group}/${seldon.version}`, version: seldon.version };

/** One part of the list, made while it is sent: a whole one would take hundreds of megabytes here. */
async function sendPage(response: ServerResponse, query: URLSearchParams, count: number): Promise<number> {
  const from = Number(query.get("continue") ?? 0);
  const until = Math.min(count, from + Number(query.get("limit") ?? count));
  const next = until < count ? { continue: String(until), remainingItemCount: count - until } : {};
  const head = { apiVersion: seldonVersion.groupVersion, kind: "SeldonDeploymentList" };
  response.setHeader("Content-Type", "application/json");
  response.write(`${JSON.stringify(head).slice(0, -1)},"metadata":`);
  response.write(`${JSON.stringify({ ...next, resourceVersion })},"items":[`);
  for (let index = from; index < until; index++) {
    const text = JSON.stringify(storedDeployment(index));
    if (!response.write(index === from ? text : `,${text}`)) await once(response, "drain");
  }
  response.end("]}");
  return until;
}

/** A watch that sees nothing: bookmarks only. */
function watch(response: ServerResponse): void {
  const object = { apiVersion: seldonVersion.groupVersion, kind: "SeldonDeployment" };
  const bookmark = { type: "BOOKMARK", object: { ...object, metadata: { resourceVersion } } };
  response.setHeader("Content-Type", "application/json");
  response.flushHeaders();
  const timer = setInterval(() => response.write(`${JSON.stringify(bookmark)}\n`), bookmarkMs);
  response.once("close", () => clearInterval(timer));
}

/** Pepr keeps what its modules store in one object, and begins when it has seen it. */
function peprStore(request: IncomingMessage, response: ServerResponse, url: URL): void {
  const object = {
    apiVersion: "pepr.dev/v1",
    kind: "PeprStore",
    metadata: { name: "pepr-bench-store", namespace: "pepr-system", resourceVersion, labels: {} },
    data: { __pepr_do_not_delete__: "k-thx-bye" },
  };
  if (url.searchParams.has("watch")) {
    response.setHeader("Content-Type", "application/json");
    response.write(`${JSON.stringify({ type: "ADDED", object })}\n`);
  } else if (url.pathname.endsWith("/peprstores")) {
    json(response, { apiVersion: "pepr.dev/v1", kind: "PeprStoreList", metadata: {}, items: [object] });
  } else {
    request.resume();
    json(response, object);
  }
}

/** Starts it on a free port of loopback. */
export async function startStandIn({ cert, key }: Pair, deployments: number): Promise<StandIn> {
  const listEnds: number[] = [];
  const server = createServer({ cert, key }, async (request, response) => {
    const url = new URL(request.url ?? "/", "https://localhost");
    if (url.pathname === `/apis/${seldon.group}`)
      json(response, { kind: "APIGroup", versions: [seldonVersion], preferredVersion: seldonVersion });
    else if (url.pathname.startsWith("/apis/pepr.dev/")) peprStore(request, response, url);
    else if (url.searchParams.has("watch")) watch(response);
    else if (url.pathname.endsWith("/seldondeployments")) {
      const until = await sendPage(response, url.searchParams, deployments);
      if (until === deployments) listEnds.push(performance.now());
    } else {
      response.statusCode = 404;
      json(response, { kind: "Status", code: 404, message: `nothing stands in for ${url.pathname}` });
    }
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    listEnds,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
