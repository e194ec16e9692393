import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";

/**
 * The connections that a port holds at once. One takes about 30 KiB, so ten thousand would take more than the memory
 * that the manifests grant. An API server has at most 200 writes in flight unless told otherwise
 * (--max-mutating-requests-inflight), and a connection for each.
 */
export const maxConnections = 2000;

type Connections = Map<string, Socket>;

// The same for the TLS socket of a request and for the one below it.
const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

const oldestOf = (sockets: Connections): Socket | undefined => sockets.values().next().value;

/**
 * Whenever there is one connection too many, ends one that is idle: the oldest on which no call has begun, or else the
 * one whose last call is longest ago. So whoever opens connections without end harms nobody who makes calls. Where
 * all are busy the new one is ended. Tells `ended` of each. To be called before the server listens.
 */
export function keepBounded(server: HttpServer | HttpsServer, most: number, ended: () => void): void {
  const fresh: Connections = new Map();
  const idle: Connections = new Map();
  const busy: Connections = new Map();
  const move = (name: string, from: readonly Connections[], to: Connections): void => {
    for (const each of from) {
      const socket = each.get(name);
      if (socket !== undefined && each.delete(name)) to.set(name, socket);
    }
  };
  server.on("connection", (socket: Socket) => {
    const name = nameOf(socket);
    fresh.set(name, socket);
    socket.once("close", () => {
      for (const each of [fresh, idle, busy]) if (each.get(name) === socket) each.delete(name);
    });
    if (fresh.size + idle.size + busy.size <= most) return;
    const another = fresh.size > 1 ? oldestOf(fresh) : oldestOf(idle);
    (another ?? socket).destroy();
    ended();
  });
  server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    const name = nameOf(socket);
    move(name, [fresh, idle], busy);
    response.once("close", () => move(name, [busy], idle));
  });
}
