import type { Socket } from "node:net";
import type { Connection, Connections, Watched } from "./traffic.ts";

/**
 * The connections that a port holds at once. One takes about 30 KiB, so ten thousand would take more than the memory
 * that the manifests grant. An API server has at most 200 writes in flight unless told otherwise
 * (--max-mutating-requests-inflight), and a connection for each.
 */
export const maxConnections = 2000;

/** The one of which there is too much: the oldest without a call, or else the one quiet for longest. */
function dispensable(connections: Connections, newest: Socket): Connection | undefined {
  let quietest: Connection | undefined;
  for (const each of connections) {
    if (each.socket === newest || each.open > 0) continue;
    if (!each.called) return each;
    if (quietest === undefined || each.quietSince < quietest.quietSince) quietest = each;
  }
  return quietest;
}

/**
 * Whenever there is one connection too many, ends one that is idle: the oldest on which no call has begun, or else the
 * one whose last call is longest ago. So whoever opens connections without end harms nobody who makes calls. Where
 * all are busy the new one is ended. Tells `ended` of each. To be called before the server listens.
 */
export function keepBounded({ server, connections }: Watched, most: number, ended: () => void): void {
  server.on("connection", (newest: Socket) => {
    if (connections.size <= most) return;
    (dispensable(connections, newest)?.socket ?? newest).destroy();
    ended();
  });
}
