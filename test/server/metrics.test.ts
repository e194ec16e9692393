import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { maxBodyBytes } from "../../src/server/body.ts";
import { defaultTimeouts } from "../../src/server/connection.ts";
import { canary, rejectedCanary } from "../support/reviews.ts";
import { type Call, rest, type TestServer, testServer } from "../support/server.ts";

const prefix = "seldon_ambassador_webhook_";

/** Our own counters and gauges: `requests_total{path="/mutate",code="200"}` to its value. */
async function series(server: TestServer): Promise<Map<string, number>> {
  const { text } = await server.callPlain("/metrics");
  const lines = text.split("\n").filter((line) => line.startsWith(prefix) && !line.includes("_seconds"));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice(prefix.length, space), Number(line.slice(space + 1))];
    }),
  );
}

/** Waits for a value: the end of a connection is noticed a little later than it is made. */
async function until(server: TestServer, name: string, value: number): Promise<void> {
  while ((await series(server)).get(name) !== value) await sleep(10);
}

/** What has counted something since the server began. */
async function counted(server: TestServer): Promise<Record<string, number>> {
  const isState = (name: string): boolean => /^(build_info|ready)/.test(name);
  return Object.fromEntries(
    [...(await series(server))].filter(([name, value]) => value !== 0 && !isState(name)),
  );
}

test("calls, decisions and findings are counted", async (t) => {
  const server = await testServer(t);
  await server.call("/mutate", { body: canary() });
  await server.call("/mutate", { body: canary() });
  await server.call("/validate", { body: rejectedCanary() });
  assert.deepEqual(await counted(server), {
    'requests_total{path="/mutate",code="200"}': 2,
    'requests_total{path="/validate",code="200"}': 1,
    'decisions_total{path="/mutate",operation="CREATE",allowed="true"}': 2,
    'decisions_total{path="/validate",operation="CREATE",allowed="false"}': 1,
    'findings_total{rule="predictor-traffic-sum",severity="error",operation="CREATE"}': 1,
  });
});

test("what is refused is counted once, by the code that was answered, and is no decision", async (t) => {
  const server = await testServer(t);
  const text = { "Content-Type": "text/plain" };
  const codes: number[] = [];
  const call = async (path: string, options: Call) => codes.push((await server.call(path, options)).code);
  await call("/validate", { body: "{" });
  await call("/validate", { body: canary(), headers: text });
  await call("/validate", { body: Buffer.alloc(maxBodyBytes + 1) });
  await call("/validate", { method: "GET" });
  await call("/validate?timeout=soon", { body: canary() });
  await call("/validate/", { body: canary() });
  await call("/wp-login.php", {});
  const socket = await server.connect();
  socket.write("POST /mutate HTTP/1.1\r\nConnection: close\r\n\r\n");
  assert.match(await rest(socket), /^HTTP\/1\.1 400 /);
  assert.deepEqual(codes, [400, 415, 413, 405, 400, 404, 404]);
  assert.deepEqual(await counted(server), {
    'requests_total{path="/mutate",code="400"}': 1,
    'requests_total{path="/validate",code="400"}': 2,
    'requests_total{path="/validate",code="405"}': 1,
    'requests_total{path="/validate",code="413"}': 1,
    'requests_total{path="/validate",code="415"}': 1,
    'requests_total{path="other",code="404"}': 2,
  });
});

test("a caller that hangs up is counted as aborted, and no longer as in flight", async (t) => {
  const server = await testServer(t);
  const socket = await server.connect();
  socket.write(
    "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
  );
  await until(server, 'requests_in_flight{path="/mutate"}', 1);
  socket.destroy();
  await until(server, 'requests_in_flight{path="/mutate"}', 0);
  assert.deepEqual(await counted(server), { 'requests_total{path="/mutate",code="aborted"}': 1 });
});

test("a body that does not arrive in time is a 408 of its path", async (t) => {
  const server = await testServer(t);
  const socket = await server.connect();
  socket.write(
    "POST /mutate?timeout=100ms HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
  );
  assert.match(await rest(socket), /^HTTP\/1\.1 408 /);
  await until(server, 'requests_total{path="/mutate",code="408"}', 1);
  assert.deepEqual(await counted(server), { 'requests_total{path="/mutate",code="408"}': 1 });
});

test("connections that never become a call are counted by reason", async (t) => {
  const server = await testServer(t, { timeouts: { ...defaultTimeouts, headersMs: 300, requestMs: 300 } });
  const say = async (text: string): Promise<void> => {
    const socket = await server.connect();
    socket.write(text);
    await rest(socket);
  };
  await say("NONSENSE\r\n\r\n");
  await say(`GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}\r\n\r\n`);
  await say("GET / HTTP/1.1\r\nHost:");
  const plain = get({ host: "localhost", port: server.port, path: "/", agent: false });
  await assert.rejects(once(plain, "response"));
  // Whoever only looks whether somebody listens has done nothing wrong.
  (await server.connect()).destroy();
  assert.deepEqual(await counted(server), {
    'broken_connections_total{reason="headers"}': 1,
    'broken_connections_total{reason="malformed"}': 1,
    'broken_connections_total{reason="timeout"}': 1,
    'broken_connections_total{reason="tls"}': 1,
  });
});

test("health is asked for all the time and does not count", async (t) => {
  const server = await testServer(t);
  for (const path of ["/healthz", "/readyz", "/readyz?verbose"]) await server.call(path);
  assert.deepEqual(await counted(server), {});
});

test("readiness and versions are gauges", async (t) => {
  const server = await testServer(t);
  const seen = await series(server);
  assert.equal(seen.get('ready{check="serving"}'), 1);
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  assert.equal(seen.get(`build_info{version="${version}",node_version="${process.versions.node}"}`), 1);
});

test("durations are counted by path", async (t) => {
  const server = await testServer(t);
  await server.call("/mutate", { body: canary() });
  const { text } = await server.callPlain("/metrics");
  assert.match(text, /^seldon_ambassador_webhook_request_duration_seconds_count\{path="\/mutate"\} 1$/m);
});

test("the page is Prometheus text, with the process beside our own", async (t) => {
  const server = await testServer(t);
  const { code, headers, text } = await server.callPlain("/metrics");
  assert.equal(code, 200);
  assert.match(String(headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  assert.match(text, /^process_cpu_seconds_total /m);
  assert.match(text, /^nodejs_eventloop_lag_seconds /m);
});

test("two servers of one process count apart", async (t) => {
  const [one, other] = [await testServer(t), await testServer(t)];
  await one.call("/mutate", { body: canary() });
  assert.deepEqual(await counted(other), {});
});

test("no label takes its value from a caller", async (t) => {
  const server = await testServer(t);
  const review = canary();
  review.request.uid = "uid-of-the-caller";
  review.request.namespace = "namespace-of-the-caller";
  await server.call("/mutate", { body: review });
  await server.call("/path-of-the-caller", { body: review });
  assert.doesNotMatch((await server.callPlain("/metrics")).text, /of-the-caller|jane@example/);
});

test("admission is not offered on the plain port", async (t) => {
  const server = await testServer(t);
  for (const path of ["/mutate", "/validate"]) {
    const { code, json } = await server.callPlain(path, { body: canary() });
    assert.deepEqual([code, json.kind, json.reason], [404, "Status", "NotFound"]);
  }
  assert.equal((await server.callPlain("/metrics", { body: {} })).code, 405);
});
