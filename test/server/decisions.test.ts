import assert from "node:assert/strict";
import { Agent } from "node:https";
import { describe, test } from "node:test";
import jsonPatch from "fast-json-patch";
import { canary, type ReviewJson, rejectedCanary } from "../support/reviews.ts";
import { type Answer, testServer } from "../support/server.ts";

/** The object as the API server has it after the mutating webhook's answer. */
function patched(review: ReviewJson, answer: Answer): ReviewJson {
  const patch = JSON.parse(Buffer.from(answer.json.response.patch, "base64").toString());
  const object = jsonPatch.applyPatch(structuredClone(review.request.object), patch, true).newDocument;
  return { ...review, request: { ...review.request, object } };
}

for (const version of ["v1", "v1beta1"])
  describe(`admission.k8s.io/${version}`, () => {
    const inVersion = (review: ReviewJson): ReviewJson => ({
      ...review,
      apiVersion: `admission.k8s.io/${version}`,
    });

    test("a canary is mutated, and what came of it is accepted and left alone", async (t) => {
      const server = await testServer(t);
      const review = inVersion(canary());
      const mutated = await server.call("/mutate?timeout=10s", { body: review });
      assert.equal(mutated.code, 200);
      assert.equal(mutated.headers["content-type"], "application/json");
      assert.equal(mutated.json.apiVersion, review.apiVersion);
      assert.equal(mutated.json.kind, "AdmissionReview");
      const { patch, ...response } = mutated.json.response;
      assert.deepEqual(response, { uid: review.request.uid, allowed: true, patchType: "JSONPatch" });
      assert.equal(typeof patch, "string");

      const final = patched(review, mutated);
      const again = await server.call("/mutate?timeout=10s", { body: final });
      assert.deepEqual(again.json.response, { uid: review.request.uid, allowed: true });
      const validated = await server.call("/validate?timeout=10s", { body: final });
      assert.deepEqual(validated.json, {
        apiVersion: review.apiVersion,
        kind: "AdmissionReview",
        response: { uid: review.request.uid, allowed: true },
      });
    });

    test("a canary whose traffic does not total 100 is denied with HTTP 200 and code 422", async (t) => {
      const server = await testServer(t);
      const review = inVersion(rejectedCanary());
      const { code, json } = await server.call("/validate?timeout=10s", { body: review });
      assert.equal(code, 200);
      assert.equal(json.apiVersion, review.apiVersion);
      const { uid, allowed, status } = json.response;
      assert.deepEqual(
        [uid, allowed, status.code, status.reason],
        [review.request.uid, false, 422, "Invalid"],
      );
      assert.deepEqual(
        status.details.causes.map(({ field, reason }: { field: string; reason: string }) => [field, reason]),
        [["spec.predictors[1].traffic", "FieldValueInvalid"]],
      );
      assert.match(status.details.causes[0].message, /125.*\[predictor-traffic-sum\]$/);
    });
  });

test("the validating webhook rejects what the mutating one has not seen", async (t) => {
  const server = await testServer(t);
  const { json } = await server.call("/validate", { body: canary() });
  assert.equal(json.response.allowed, false);
});

test("a media type with parameters, in any case, is JSON", async (t) => {
  const server = await testServer(t);
  for (const type of [
    "application/json; charset=utf-8",
    'Application/JSON;charset="UTF-8"',
    "application/json;v=1",
  ])
    assert.equal(
      (await server.call("/mutate", { body: canary(), headers: { "Content-Type": type } })).code,
      200,
    );
});

test("a byte order mark and an identity encoding are accepted", async (t) => {
  const server = await testServer(t);
  const body = `\uFEFF${JSON.stringify(canary())}`;
  assert.equal(
    (await server.call("/mutate", { body, headers: { "Content-Encoding": "identity" } })).code,
    200,
  );
});

test("a chunked body is read", async (t) => {
  const server = await testServer(t);
  assert.equal((await server.call("/mutate", { body: canary(), chunked: true })).code, 200);
});

test("calls one after the other share a connection, refused ones too", async (t) => {
  const server = await testServer(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  let connections = 0;
  const original = agent.createConnection.bind(agent);
  agent.createConnection = ((...args: Parameters<typeof original>) => {
    connections += 1;
    return original(...args);
  }) as typeof original;
  for (const body of [canary(), "{", rejectedCanary(), "", canary()])
    await server.call("/mutate", { body, agent });
  assert.equal(connections, 1);
});

test("200 calls at once are each answered with their own uid", async (t) => {
  const server = await testServer(t);
  const uids = Array.from({ length: 200 }, (_, index) => `uid-${index}`);
  const answers = await Promise.all(
    uids.map((uid, index) => {
      const review = index % 2 === 0 ? canary() : rejectedCanary();
      review.request.uid = uid;
      return server.call(index % 2 === 0 ? "/mutate" : "/validate", { body: review });
    }),
  );
  assert.deepEqual(
    answers.map(({ code, json }) => [code, json.response.uid, json.response.allowed]),
    uids.map((uid, index) => [200, uid, index % 2 === 0]),
  );
});
