import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent } from "node:https";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { canary } from "../support/reviews.ts";
import { rest, type TestServer, testServer } from "../support/server.ts";

const call = async (server: TestServer, agent: Agent): Promise<number> =>
  (await server.call("/mutate", { body: canary(), agent })).code;

const evictions = async (server: TestServer): Promise<number> => {
  const { text } = await server.callPlain("/metrics");
  return Number(/^seldon_ambassador_webhook_evicted_connections_total (\d+)$/m.exec(text)?.[1]);
};

/** A connection, and a promise of its end. */
async function opened(server: TestServer): Promise<{ socket: TLSSocket; ended: Promise<unknown> }> {
  const socket = await server.connect();
  return { socket, ended: once(socket.on("error", () => {}).resume(), "close") };
}

const keptAlive = (server: TestServer): Agent => new Agent({ keepAlive: true, maxSockets: 1, ca: server.ca });

test("one connection too many ends the oldest on which no call has come", async (t) => {
  const server = await testServer(t, { connections: 3 });
  const agent = keptAlive(server);
  t.after(() => agent.destroy());
  assert.equal(await call(server, agent), 200);
  const [first, second] = [await opened(server), await opened(server)];
  assert.equal(await evictions(server), 0);
  const third = await opened(server);
  await first.ended;
  assert.equal(await evictions(server), 1);
  assert.deepEqual([second.socket.destroyed, third.socket.destroyed], [false, false]);
  assert.equal(await call(server, agent), 200);
});

test("where all have been called, the one whose call is longest ago", async (t) => {
  const server = await testServer(t, { connections: 2 });
  const agents = Array.from({ length: 3 }, () => keptAlive(server));
  t.after(() => agents.map((agent) => agent.destroy()));
  const ports: unknown[] = [];
  const [first, second, third] = agents as [Agent, Agent, Agent];
  for (const agent of [first, second, first, third]) {
    agent.once("free", (socket) => ports.push(socket.localPort));
    assert.equal(await call(server, agent), 200);
  }
  // The second one made its call before the first one's last.
  assert.equal(await evictions(server), 1);
  const [port] = ports;
  first.once("free", (socket) => ports.push(socket.localPort));
  assert.equal(await call(server, first), 200);
  assert.equal(ports.at(-1), port);
});

test("a call under way is never ended: where all are, the new one is", async (t) => {
  const server = await testServer(t, { connections: 1 });
  const { socket } = await opened(server);
  socket.removeAllListeners("data");
  const received = rest(socket);
  const body = JSON.stringify(canary());
  socket.write(
    `POST /mutate HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n{`,
  );
  while (!(await server.callPlain("/metrics")).text.includes('requests_in_flight{path="/mutate"} 1'))
    await new Promise((resolve) => setTimeout(resolve, 5));
  await assert.rejects(server.connect());
  socket.write(body.slice(1));
  assert.match(await received, /^HTTP\/1\.1 200 OK\r\n/);
});
