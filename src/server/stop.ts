import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerSettings } from "../config/config.ts";
import type { Logger } from "./log.ts";

type AnyServer = HttpServer | HttpsServer;

/** How long a connection may be silent after the listener has closed: a call that is sent comes at once. */
const silenceMs = 500;

/** What goes on on the connections of a server. */
interface Traffic {
  /** Connections on which no call has begun yet: pools open some that they never use. */
  readonly silent: ReadonlySet<Duplex>;
  /** From now on every answer ends its connection, those to calls in flight included. */
  endAfterAnswers(): void;
}

const endAfter = (response: ServerResponse): void => {
  if (!response.headersSent) response.setHeader("Connection", "close");
};

function watch(server: AnyServer): Traffic {
  const silent = new Set<Duplex>();
  const open = new Set<ServerResponse>();
  let ending = false;
  server.on(server instanceof HttpsServer ? "secureConnection" : "connection", (socket: Duplex) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  });
  // Before the application, which may answer at once.
  server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    silent.delete(socket);
    open.add(response);
    response.once("close", () => open.delete(response));
    if (ending) endAfter(response);
  });
  return {
    silent,
    endAfterAnswers() {
      ending = true;
      for (const response of open) endAfter(response);
    },
  };
}

/**
 * Prepares the end of the servers; the function returned drains them and resolves when all is closed.
 *
 * While draining, calls are still taken, and each answer ends its connection: by the time the listener closes,
 * callers have moved on, and a connection idle by then was idle all along.
 */
export function stopper(
  servers: readonly AnyServer[],
  settings: ServerSettings,
  logger: Logger,
): () => Promise<void> {
  const traffic = servers.map(watch);
  return async () => {
    for (const each of traffic) each.endAfterAnswers();
    await sleep(settings.drainSeconds * 1000);
    const hush = setTimeout(() => {
      for (const socket of traffic.flatMap(({ silent }) => [...silent])) socket.destroy();
    }, silenceMs);
    const cut = setTimeout(() => {
      logger.warn("grace period over: the remaining connections are cut");
      for (const server of servers) server.closeAllConnections();
    }, settings.graceSeconds * 1000);
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    clearTimeout(hush);
    clearTimeout(cut);
  };
}
