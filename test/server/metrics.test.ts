import assert from "node:assert/strict";
import { test } from "node:test";
import { canary, rejectedCanary } from "../support/reviews.ts";
import { type TestServer, testServer } from "../support/server.ts";

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

test("calls, decisions and findings are counted", async (t) => {
  const server = await testServer(t);
  await server.call("/mutate", { body: canary() });
  await server.call("/mutate", { body: canary() });
  await server.call("/validate", { body: rejectedCanary() });
  await server.call("/validate", { body: "{" });
  assert.deepEqual(Object.fromEntries(await series(server)), {
    'requests_total{path="/mutate",code="200"}': 2,
    'requests_total{path="/validate",code="200"}': 1,
    'requests_total{path="/validate",code="400"}': 1,
    'requests_in_flight{path="/mutate"}': 0,
    'requests_in_flight{path="/validate"}': 0,
    'decisions_total{path="/mutate",operation="CREATE",allowed="true"}': 2,
    'decisions_total{path="/validate",operation="CREATE",allowed="false"}': 1,
    'findings_total{rule="predictor-traffic-sum",severity="error"}': 1,
    panics_total: 0,
  });
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
  assert.equal((await series(other)).get('requests_total{path="/mutate",code="200"}'), undefined);
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
