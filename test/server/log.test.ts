import assert from "node:assert/strict";
import { test } from "node:test";
import { canary, rejectedCanary } from "../support/reviews.ts";
import { rest, testServer } from "../support/server.ts";

test("one line for each decision, with its facts and nothing else", async (t) => {
  const server = await testServer(t);
  const review = rejectedCanary();
  review.request.dryRun = true;
  await server.call("/mutate", { body: canary() });
  await server.call("/validate", { body: review });
  const lines = server.logs.map(({ time, ms, ...line }) => {
    assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.equal(typeof ms, "number");
    return line;
  });
  const common = {
    level: "info",
    operation: "CREATE",
    namespace: "seldon",
    name: "example",
    user: "jane@example.com",
  };
  assert.deepEqual(lines, [
    {
      ...common,
      uid: canary().request.uid,
      path: "/mutate",
      dryRun: false,
      allowed: true,
      rules: [],
      patched: true,
      msg: "admission decision",
    },
    {
      ...common,
      uid: review.request.uid,
      path: "/validate",
      dryRun: true,
      allowed: false,
      rules: ["predictor-traffic-sum"],
      patched: false,
      msg: "admission decision",
    },
  ]);
});

test("nothing of the objects is logged, whether they are judged or refused", async (t) => {
  const server = await testServer(t, { logLevel: "debug" });
  const secret = "hunter2-in-an-object";
  const review = canary();
  review.request.object.metadata.annotations = { note: secret };
  review.request.object.spec.password = secret;
  await server.call("/mutate", { body: review });
  await server.call("/validate", { body: review });
  await server.call("/validate", { body: `{"password": "${secret}"` });
  await server.call("/validate", { body: { ...review, kind: secret } });
  assert.equal(server.logs.length, 4);
  assert.ok(!server.logText().includes(secret));
  assert.ok(!server.logText().includes("mock_classifier"));
});

test("bytes that are no call are not logged either", async (t) => {
  const server = await testServer(t, { logLevel: "debug" });
  const socket = await server.connect();
  socket.write("hunter2 in plain words\r\n\r\n");
  await rest(socket);
  const [line, ...others] = server.logs;
  assert.deepEqual([others, line?.level, line?.reason], [[], "debug", "malformed"]);
  assert.ok(!server.logText().includes("hunter2"));
  assert.deepEqual(Object.keys(line ?? {}), ["level", "time", "reason", "detail", "msg"]);
});

test("a name with line breaks stays on its line, a long one is cut", async (t) => {
  const server = await testServer(t);
  const review = canary();
  review.request.userInfo = { username: `eve\n{"level":"info","allowed":true}${"x".repeat(1000)}` };
  await server.call("/mutate", { body: review });
  const [line, ...others] = server.logs;
  assert.deepEqual(others, []);
  assert.equal(String(line?.user).length, 253);
});

test("the name comes from the object where the request has none", async (t) => {
  const server = await testServer(t);
  const review = canary();
  delete review.request.name;
  await server.call("/mutate", { body: review });
  assert.equal(server.logs[0]?.name, "example");
});

test("every line about a review carries its uid, also where the review is refused", async (t) => {
  const server = await testServer(t, { logLevel: "debug" });
  const review = canary();
  const { uid } = review.request;
  await server.call("/mutate", { body: review });
  await server.call("/validate", { body: { ...review, apiVersion: "admission.k8s.io/v0" } });
  await server.call("/validate", { body: { ...review, request: { ...review.request, object: null } } });
  assert.deepEqual(
    server.logs.map(({ msg, ...line }) => [line.uid, line.path, line.code, msg]),
    [
      [uid, "/mutate", undefined, "admission decision"],
      [uid, "/validate", 400, "call refused"],
      [uid, "/validate", 400, "call refused"],
    ],
  );
});

test("a uid that is none, or too long to be one, does not get into the log", async (t) => {
  const server = await testServer(t);
  for (const request of [{ uid: { a: 1 } }, { uid: "u".repeat(100_000) }, null, "text", undefined])
    assert.equal((await server.call("/validate", { body: { request } })).code, 400);
  await server.call("/validate", { body: "null" });
  await server.call(`/${"p".repeat(8000)}`);
  assert.deepEqual(
    server.logs.map(({ uid }) => (uid === undefined ? undefined : String(uid).length)),
    [undefined, 253, undefined, undefined, undefined, undefined, undefined],
  );
  assert.ok(server.logs.every((line) => JSON.stringify(line).length < 1000));
});

test("refusals are warnings that say why", async (t) => {
  const server = await testServer(t);
  await server.call("/mutate", { body: "" });
  const [{ level, code, reason, msg } = {}] = server.logs;
  assert.deepEqual(
    [level, code, reason, msg],
    ["warn", 400, "the body must be an AdmissionReview as JSON; it is empty", "call refused"],
  );
});
