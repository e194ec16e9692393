import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterView } from "../../src/cluster/view.ts";
import { canary } from "../support/reviews.ts";
import { testServer } from "../support/server.ts";

const fail = (): never => {
  throw new Error("the view is broken");
};
const brokenCluster: ClusterView = {
  find: fail,
  inNamespace: fail,
  attachedTo: fail,
  routing: fail,
  routingBelow: fail,
  namingService: fail,
};

test("a bug of ours is a 500 that decides nothing, logged once with its uid and counted", async (t) => {
  const server = await testServer(t, { context: { cluster: brokenCluster } });
  const review = canary();
  review.request.uid = "uid-of-the-victim";
  review.request.object.metadata.annotations = {
    "seldon.io/ambassador-service-name": "target",
    "seldon.io/ambassador-header": "location: london",
  };
  const { code, headers, json, text } = await server.call("/validate", { body: review });
  assert.equal(code, 500);
  assert.equal(headers["content-type"], "application/json");
  assert.deepEqual(json, {
    apiVersion: "v1",
    kind: "Status",
    status: "Failure",
    code: 500,
    reason: "InternalError",
    message: "internal error: nothing was decided; the webhook's log has it under uid uid-of-the-victim",
  });
  assert.doesNotMatch(text, /broken|at /);

  const [line, ...others] = server.logs;
  assert.deepEqual(others, []);
  const { level, uid, path, err } = line as Record<string, string> & {
    err: { message: string; stack: string };
  };
  assert.deepEqual(
    [level, uid, path, err.message],
    ["error", "uid-of-the-victim", "/validate", "the view is broken"],
  );
  assert.match(err.stack, /bug\.test\.ts/);

  const metrics = (await server.callPlain("/metrics")).text;
  assert.match(metrics, /^seldon_ambassador_webhook_panics_total 1$/m);
  assert.match(metrics, /requests_total\{path="\/validate",code="500"\} 1$/m);
  assert.equal((await server.call("/mutate", { body: canary() })).code, 200);
});
