import { once } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { launch, logTail, type Program, type ServerProcess } from "./server-process.ts";

const pollMs = 50;
const requestMs = 5_000;
const limitMs = 90_000;

async function answersOk(request: ClientRequest): Promise<boolean> {
  request.on("error", () => {});
  request.setTimeout(requestMs, () => request.destroy());
  try {
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.resume();
    return response.statusCode === 200;
  } catch {
    return false;
  }
}

async function untilOk(server: ServerProcess, request: () => ClientRequest): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await answersOk(request()))) {
    if (server.ended !== undefined) throw new Error(`ended (${server.ended})`);
    if (Date.now() > deadline) throw new Error(`is not ready after ${limitMs / 1000} seconds`);
    await sleep(pollMs);
  }
}

/**
 * Starts a server and waits until it has answered every request with 200. When it dies first or takes too long,
 * nothing of it is left but the end of its log, in the error.
 */
export async function launchReady(
  program: Program,
  ...requests: readonly (() => ClientRequest)[]
): Promise<ServerProcess> {
  const server = await launch(program);
  try {
    for (const request of requests) await untilOk(server, request);
    return server;
  } catch (error) {
    await server.stop("SIGKILL");
    const log = logTail(program.folder, program.name);
    throw new Error(`${program.name} ${(error as Error).message}:\n${log}`);
  }
}
