import assert from "node:assert/strict";
import { test } from "node:test";
import { canary } from "../support/reviews.ts";
import { testServer } from "../support/server.ts";

test("alive and ready on both ports, to GET and HEAD", async (t) => {
  const { call, callPlain } = await testServer(t);
  for (const send of [call, callPlain])
    for (const path of ["/healthz", "/readyz"]) {
      const { code, text } = await send(path);
      assert.deepEqual([code, text], [200, "ok\n"]);
      const head = await send(path, { method: "HEAD" });
      assert.deepEqual([head.code, head.text], [200, ""]);
      const post = await send(path, { body: {} });
      assert.deepEqual([post.code, post.headers.allow, post.json.kind], [405, "GET, HEAD", "Status"]);
    }
});

test("while stopping: not ready, still alive, and calls are answered on connections that close", async (t) => {
  const server = await testServer(t, { settings: { drainSeconds: 1 } });
  const before = await server.call("/mutate", { body: canary(), headers: { Connection: "keep-alive" } });
  assert.equal(before.headers.connection, "keep-alive");
  const closed = server.close();
  for (const send of [server.call, server.callPlain]) {
    const ready = await send("/readyz");
    assert.deepEqual([ready.code, ready.text], [503, "stopping\n"]);
    assert.equal((await send("/healthz")).code, 200);
  }
  const during = await server.call("/mutate", { body: canary(), headers: { Connection: "keep-alive" } });
  assert.deepEqual([during.code, during.headers.connection], [200, "close"]);
  await closed;
  await assert.rejects(server.call("/healthz"), { code: "ECONNREFUSED" });
  await assert.rejects(server.callPlain("/healthz"), { code: "ECONNREFUSED" });
});

test("a call in flight when the listener closes is answered, a silent connection is not waited for", async (t) => {
  const server = await testServer(t, { settings: { graceSeconds: 30 } });
  const silent = await server.connect();
  const silentEnd = new Promise((resolve) => silent.once("close", resolve));
  silent.on("error", () => {});
  const socket = await server.connect();
  const body = JSON.stringify(canary());
  socket.write(
    `POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  // The server has seen the headers once it answers a later call.
  await server.call("/healthz");
  const closed = server.close();
  await silentEnd;
  let received = "";
  socket.setEncoding("utf8").on("data", (chunk) => {
    received += chunk;
  });
  const ended = new Promise((resolve) => socket.once("close", resolve));
  socket.write(body);
  await Promise.all([closed, ended]);
  assert.match(received, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(received, /\r\nConnection: close\r\n/);
  assert.match(received, /"allowed":true/);
  assert.ok(!server.logText().includes("grace period over"));
});

test("a call that never ends is cut when the grace period is over", async (t) => {
  const server = await testServer(t, { settings: { graceSeconds: 1 } });
  const socket = await server.connect();
  socket.on("error", () => {});
  socket.write(
    "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
  );
  await server.call("/healthz");
  const ended = new Promise((resolve) => socket.once("close", resolve));
  await Promise.all([server.close(), ended]);
  assert.ok(server.logs.some(({ msg }) => String(msg).startsWith("grace period over")));
});
