import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { Agent } from "node:https";
import { connect as connectPlain, type Socket } from "node:net";
import { describe, test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { defaultTimeouts } from "../../src/server/connection.ts";
import { maxConnections } from "../../src/server/crowd.ts";
import { startTarget } from "../fuzz/target.ts";
import { canary } from "../support/reviews.ts";
import { rest, type TestServer, testServer } from "../support/server.ts";
import { assertServes, badRequest, type Verdict, verdictOf } from "./attack.ts";

/** Hostile connections: bytes that are no call, calls that never end, and crowds. */

const body = JSON.stringify(canary());
const head = (...lines: string[]): string =>
  ["POST /mutate HTTP/1.1", "Host: localhost", "Content-Type: application/json", ...lines, "", ""].join(
    "\r\n",
  );

/** The answers that stand in what was received, one after the other. */
function answersIn(received: string): readonly Verdict[] {
  const answers: Verdict[] = [];
  let left = received;
  while (left !== "") {
    const [, code, length] = /^HTTP\/1\.1 (\d{3}) .*?content-length: (\d+)\r\n/is.exec(left) ?? [];
    const start = left.indexOf("\r\n\r\n") + 4;
    const text = left.slice(start, start + Number(length));
    answers.push(verdictOf({ code: Number(code), headers: {}, text, json: JSON.parse(text) }));
    left = left.slice(start + Number(length));
  }
  return answers;
}

/** Sends bytes, ends the sending, and reads all that comes. */
async function sent(server: TestServer, bytes: string): Promise<readonly Verdict[]> {
  const socket = await server.connect();
  const received = rest(socket);
  socket.end(bytes);
  const answers = answersIn(await received);
  await assertServes(server);
  return answers;
}

const noHttp = badRequest("the bytes received must be an HTTP/1.1 request");
const allowed = { allowed: true, patched: true, causes: [] };

describe("a Content-Length that lies", () => {
  test("too short: what is left over is no call of its own", async (t) => {
    const server = await testServer(t);
    const bytes = `${head(`Content-Length: ${body.length - 10}`)}${body}`;
    assert.deepEqual(await sent(server, bytes), [noHttp]);
  });

  test("too short, with a call behind it that would be smuggled", async (t) => {
    const server = await testServer(t);
    const smuggled = `${head("Content-Length: 2")}{}`;
    const bytes = `${head(`Content-Length: ${body.length}`, "Connection: close")}${body}${smuggled}`;
    assert.deepEqual(await sent(server, bytes), [noHttp]);
    assert.deepEqual(
      server.logs.filter(({ msg }) => msg !== "admission decision"),
      [],
    );
  });

  test("too long: what was announced never comes", async (t) => {
    const server = await testServer(t);
    assert.deepEqual(await sent(server, `${head(`Content-Length: ${body.length + 1}`)}${body}`), [noHttp]);
  });

  for (const length of ["-1", "1e3", "0x10", "99999999999999999999", " ", "1,1"])
    test(`of ${JSON.stringify(length)}`, async (t) => {
      const [answer, ...others] = await sent(await testServer(t), head(`Content-Length: ${length}`));
      assert.deepEqual([answer, others], [noHttp, []]);
    });
});

describe("chunked garbage", () => {
  const chunked = head("Transfer-Encoding: chunked");
  const chunks: [name: string, bytes: string][] = [
    ["a size that is no number", "zz\r\n{}\r\n"],
    ["a negative size", "-1\r\n{}\r\n"],
    ["a size beyond all numbers", `${"f".repeat(20)}\r\n{}\r\n`],
    ["a chunk that is longer than it says", "1\r\n{}\r\n0\r\n\r\n"],
    ["an extension without end", `1;${"x".repeat(20_000)}\r\n`],
    ["bytes of any kind", "\u0000\u0001\ufffd\r\n\r\n"],
  ];
  for (const [name, bytes] of chunks)
    test(name, async (t) => {
      const [answer, ...others] = await sent(await testServer(t), `${chunked}${bytes}`);
      assert.deepEqual(others, []);
      assert.ok(answer && "code" in answer && [400, 413].includes(answer.code), JSON.stringify(answer));
    });

  test("a byte in each chunk, and a trailer, are a body as any other", async (t) => {
    const bytes = [...body].map((byte) => `1\r\n${byte}\r\n`).join("");
    const last = "0\r\nX-Trailer: a\r\n\r\n";
    const close = head("Transfer-Encoding: chunked", "Connection: close");
    assert.deepEqual(await sent(await testServer(t), `${close}${bytes}${last}`), [allowed]);
  });
});

/** Sends a byte now and then until the other side ends it. */
async function trickle(socket: TLSSocket, bytes: string): Promise<readonly Verdict[]> {
  const received = rest(socket);
  let next = 0;
  const timer = setInterval(() => {
    if (next < bytes.length && socket.writable) socket.write(bytes.charAt(next++));
  }, 20);
  try {
    return answersIn(await received);
  } finally {
    clearInterval(timer);
  }
}

describe("slow callers", () => {
  const timeouts = { ...defaultTimeouts, headersMs: 300, requestMs: 400 };
  const late = (message: string): Verdict => ({ code: 408, reason: "Timeout", message });

  test("headers that come byte by byte have one deadline for all", async (t) => {
    const server = await testServer(t, { timeouts });
    const answers = await trickle(await server.connect(), head(`X-Slow: ${"x".repeat(1000)}`));
    assert.deepEqual(answers, [late("the request did not arrive in time")]);
    await assertServes(server);
  });

  test("a body that comes byte by byte has one deadline for all", async (t) => {
    const server = await testServer(t, { timeouts });
    const socket = await server.connect();
    socket.write(head(`Content-Length: ${body.length}`));
    assert.deepEqual(await trickle(socket, body), [late("the body did not arrive within 400 ms")]);
    await assertServes(server);
  });

  test("an answer that nobody reads", async (t) => {
    const server = await testServer(t);
    const socket = await server.connect();
    socket.pause();
    socket.on("error", () => {});
    for (let call = 0; call < 200; call += 1)
      socket.write(`${head(`Content-Length: ${body.length}`)}${body}`);
    await assertServes(server);
    socket.destroy();
    await assertServes(server);
  });
});

describe("half-open connections", () => {
  test("a caller that has sent its call and ended its sending gets the answer", async (t) => {
    const bytes = `${head(`Content-Length: ${body.length}`)}${body}`;
    assert.deepEqual(await sent(await testServer(t), bytes), [allowed]);
  });

  test("a handshake that never comes is waited for so long and no longer", async (t) => {
    const timeouts = { ...defaultTimeouts, handshakeMs: 200 };
    const server = await testServer(t, { timeouts, logLevel: "debug" });
    const silent = connectPlain(server.port, "localhost");
    const half = connectPlain(server.port, "localhost");
    // The beginning of a ClientHello.
    half.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]));
    await Promise.all([silent, half].map((socket) => once(socket.on("error", () => {}).resume(), "close")));
    await assertServes(server);
  });

  test("bytes that are no TLS, and plain HTTP, on the TLS port", async (t) => {
    const server = await testServer(t);
    for (const bytes of [head("Content-Length: 0"), "\u0000".repeat(1000), "SSH-2.0-x\r\n"]) {
      const socket = connectPlain(server.port, "localhost").on("error", () => {});
      socket.write(bytes);
      // At most an alert comes back.
      const received = Buffer.concat(await socket.toArray().catch(() => []));
      assert.ok(received.length <= 7 && !received.includes("HTTP"), received.toString("latin1"));
      await assertServes(server);
    }
  });
});

const opened = async (socket: Socket, event: string): Promise<Socket> => {
  // Whom the server ends right away has been there as well.
  await Promise.race([once(socket, event), once(socket, "close")]).catch(() => {});
  return socket;
};

/** The sockets that a process has open. */
const socketsOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/fd`).filter((name) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${name}`).startsWith("socket:");
    } catch {
      // Closed meanwhile.
      return false;
    }
  }).length;

const residentMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

test("10,000 idle connections: those of callers stay, the others are held no longer than there is room", async (t) => {
  const target = await startTarget();
  t.after(() => target.stop());
  const place = { host: "localhost", port: target.port };
  const before = residentMiB(target.pid);
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: target.ca });
  t.after(() => agent.destroy());
  const call = () => target.send({ path: "/mutate", body: Buffer.from(body) }, agent);
  const { localPort } = await call();

  const crowd: Socket[] = [];
  t.after(() => {
    for (const socket of crowd) socket.destroy();
  });
  // A handshake takes a millisecond of both; one in ten makes it.
  const another = (number: number): Promise<Socket> => {
    const isSecure = number % 10 === 0;
    const socket = isSecure
      ? connect({ ...place, ca: target.ca, servername: "localhost" })
      : connectPlain(place);
    crowd.push(socket.on("error", () => {}));
    return opened(socket, isSecure ? "secureConnect" : "connect");
  };
  for (let number = 0; number < 10_000; number += 100)
    await Promise.all(Array.from({ length: 100 }, (_, i) => another(number + i)));

  const answer = await call();
  assert.deepEqual([answer.code, answer.localPort], [200, localPort]);
  // Two that listen, and a few of the runtime's.
  assert.ok(socketsOf(target.pid) <= maxConnections + 10, `${socketsOf(target.pid)} sockets`);
  const during = residentMiB(target.pid);
  t.diagnostic(`resident: ${Math.round(before)} MiB before, ${Math.round(during)} MiB during`);
  assert.ok(during < 384, `${during} MiB, more than the manifests grant`);
  const page = await target.page();
  const evicted = Number(/^seldon_ambassador_webhook_evicted_connections_total (\d+)$/m.exec(page)?.[1]);
  // On a slow machine many handshakes run out of time before there is one connection too many.
  assert.ok(evicted > 0, "room was made");
});
