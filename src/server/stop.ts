import type { Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerSettings } from "../config/config.ts";
import { silentConnections } from "./connection.ts";
import type { Logger } from "./log.ts";

type Servers = readonly (HttpServer | HttpsServer)[];

/** How long a connection may be silent after the listener has closed: a call that is sent comes at once. */
const silenceMs = 500;

/**
 * Prepares the end of the servers; the function returned drains them and resolves when all is closed.
 *
 * While draining, calls are still taken, each answered with `Connection: close` because readiness has failed:
 * by the time the listener closes, callers have moved on, and a connection idle by then was idle all along.
 */
export function stopper(servers: Servers, settings: ServerSettings, logger: Logger): () => Promise<void> {
  const silent = servers.map(silentConnections);
  return async () => {
    await sleep(settings.drainSeconds * 1000);
    const hush = setTimeout(() => {
      for (const socket of silent.flatMap((sockets) => [...sockets])) socket.destroy();
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
