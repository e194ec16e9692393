import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { maxBodyBytes } from "../../src/server/body.ts";
import { defaultTimeouts } from "../../src/server/connection.ts";
import { canary } from "../support/reviews.ts";
import { rest, testServer } from "../support/server.ts";

const head = (...lines: string[]): string =>
  ["POST /mutate HTTP/1.1", "Host: localhost", "Content-Type: application/json", ...lines, "", ""].join(
    "\r\n",
  );

const statusIn = (received: string): unknown => {
  const { code, reason, message } = JSON.parse(received.slice(received.indexOf("\r\n\r\n")));
  return [code, reason, message];
};

const tooLarge = [413, "RequestEntityTooLarge", `the body must not be larger than ${maxBodyBytes} bytes`];

/** A review of exactly this many bytes: JSON may be followed by spaces. */
const padded = (length: number): Buffer => {
  const bytes = Buffer.alloc(length, " ");
  bytes.write(JSON.stringify(canary()));
  return bytes;
};

for (const chunked of [false, true])
  test(`the largest body is read, one byte more is not (${chunked ? "chunked" : "with its length"})`, async (t) => {
    const server = await testServer(t);
    assert.equal((await server.call("/mutate", { body: padded(maxBodyBytes), chunked })).code, 200);
    const refused = await server.call("/mutate", { body: padded(maxBodyBytes + 1), chunked });
    assert.equal(refused.code, 413);
    assert.equal(refused.headers.connection, "close");
    assert.deepEqual([refused.json.code, refused.json.reason, refused.json.message], tooLarge);
    assert.equal((await server.call("/mutate", { body: canary() })).code, 200);
  });

test("a length beyond the limit is refused before any of the body has come", async (t) => {
  const server = await testServer(t);
  const socket = await server.connect();
  socket.write(head(`Content-Length: ${maxBodyBytes + 1}`));
  assert.deepEqual(statusIn(await rest(socket)), tooLarge);
});

test("chunks without end are refused once they exceed the limit", async (t) => {
  const server = await testServer(t);
  const socket = await server.connect();
  const received = rest(socket);
  socket.write(head("Transfer-Encoding: chunked"));
  const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(0x100000, " "), Buffer.from("\r\n")]);
  let sent = 0;
  while (!socket.destroyed && sent < 64) {
    sent += 1;
    if (!socket.write(chunk)) await Promise.race([once(socket, "drain"), received]);
  }
  assert.deepEqual(statusIn(await received), tooLarge);
});

test("a body that comes too late for ?timeout= is refused", async (t) => {
  const server = await testServer(t);
  const socket = await server.connect();
  socket.write(head("Content-Length: 100").replace("/mutate", "/mutate?timeout=150ms"));
  socket.write("{");
  assert.deepEqual(statusIn(await rest(socket)), [408, "Timeout", "the body did not arrive within 150 ms"]);
});

test("a body that never comes is refused without ?timeout= too", async (t) => {
  const timeouts = { ...defaultTimeouts, headersMs: 5000, requestMs: 200, keepAliveMs: 5000 };
  const server = await testServer(t, { timeouts });
  const socket = await server.connect();
  socket.write(head("Content-Length: 100").replace("/mutate", "/mutate?timeout=1h"));
  assert.deepEqual(statusIn(await rest(socket)), [408, "Timeout", "the body did not arrive within 200 ms"]);
});

test("headers that never end are refused", async (t) => {
  const server = await testServer(t, {
    timeouts: { ...defaultTimeouts, headersMs: 100, requestMs: 200, keepAliveMs: 5000 },
  });
  const socket = await server.connect();
  socket.write("POST /mutate HTTP/1.1\r\nHost: ");
  assert.deepEqual(statusIn(await rest(socket)), [408, "Timeout", "the request did not arrive in time"]);
});

test("an idle connection is closed after its time, not before the next call", async (t) => {
  const server = await testServer(t, {
    timeouts: { ...defaultTimeouts, headersMs: 5000, requestMs: 5000, keepAliveMs: 100 },
  });
  const socket = await server.connect();
  const received = rest(socket);
  const body = JSON.stringify(canary());
  for (let call = 0; call < 2; call += 1) {
    socket.write(`${head(`Content-Length: ${body.length}`)}${body}`);
    await once(socket, "data");
  }
  assert.equal((await received).split("HTTP/1.1 200 OK").length - 1, 2);
});

test("a caller that hangs up in the middle of a body disturbs nobody", async (t) => {
  const server = await testServer(t, { logLevel: "debug" });
  const socket = await server.connect();
  socket.write(head("Content-Length: 100"));
  socket.write("{", () => socket.destroy());
  while (!server.logText().includes("caller hung up"))
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal((await server.call("/mutate", { body: canary() })).code, 200);
  assert.deepEqual(
    server.logs.filter(({ level }) => level === "error"),
    [],
  );
});
