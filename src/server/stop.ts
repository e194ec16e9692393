import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerSettings } from "../config/config.ts";
import type { Logger } from "./log.ts";
import type { Connection, Watched } from "./traffic.ts";

/** How long a connection may be silent after the listener has closed: a call that is sent comes at once. */
const silenceMs = 500;

const endAfter = (response: ServerResponse): void => {
  if (!response.headersSent) response.setHeader("Connection", "close");
};

/** From now on every answer ends its connection, those to calls in flight included. */
function endAfterAnswers({ server, connections }: Watched): void {
  server.prependListener("request", (_request, response) => endAfter(response));
  for (const { answer } of connections) if (answer !== undefined) endAfter(answer);
}

/** No call has begun on it: pools open some that they never use. */
const isSilent = ({ secured, called }: Connection): boolean => secured && !called;

/**
 * Prepares the end of the servers; the function returned drains them and resolves when all is closed.
 *
 * While draining, calls are still taken, and each answer ends its connection: by the time the listener closes,
 * callers have moved on, and a connection idle by then was idle all along.
 */
export function stopper(
  watched: readonly Watched[],
  settings: ServerSettings,
  logger: Logger,
): () => Promise<void> {
  return async () => {
    watched.forEach(endAfterAnswers);
    await sleep(settings.drainSeconds * 1000);
    const hush = setTimeout(() => {
      const all = watched.flatMap(({ connections }) => [...connections]);
      for (const { socket } of all.filter(isSilent)) socket.destroy();
    }, silenceMs);
    const cut = setTimeout(() => {
      logger.warn("grace period over: the remaining connections are cut");
      for (const { server } of watched) server.closeAllConnections();
    }, settings.graceSeconds * 1000);
    await Promise.all(watched.map(({ server }) => new Promise((resolve) => server.close(resolve))));
    clearTimeout(hush);
    clearTimeout(cut);
  };
}
