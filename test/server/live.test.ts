import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { LiveFailure } from "../../src/cluster/live-failure.ts";
import { mutated } from "../support/admission.ts";
import { deploymentOf, type Json } from "../support/deployment.ts";
import { at, bookmark, event, type Followed, followed, page, ScriptedApi, settle } from "../support/live.ts";
import { canary } from "../support/reviews.ts";
import { type Answer, type TestServer, testServer } from "../support/server.ts";

const shadowing = (target: string): Json => ({
  "seldon.io/ambassador-service-name": target,
  "seldon.io/ambassador-shadow": "true",
});

const reviewOf = (object: Json, more: Json = {}): Json => {
  const { request, ...review } = canary();
  return {
    ...review,
    request: { ...request, name: object.metadata.name, namespace: "models", object, ...more },
  };
};

const shadow = (target = "target"): Json => deploymentOf({ name: "copy", annotations: shadowing(target) });

interface Parts extends Followed {
  readonly api: ScriptedApi;
  readonly server: TestServer;
  validate(object: Json, more?: Json): Promise<Answer>;
  mutate(object: Json): Promise<Answer>;
}

async function serving(t: TestContext, api: ScriptedApi): Promise<Parts> {
  const parts = followed(t, api);
  await settle();
  const server = await testServer(t, { live: parts.live });
  return {
    ...parts,
    api,
    server,
    validate: (object, more) => server.call("/validate?timeout=10s", { body: reviewOf(object, more) }),
    mutate: (object) => server.call("/mutate?timeout=10s", { body: reviewOf(object) }),
  };
}

const synced = (): ScriptedApi => new ScriptedApi().answer(page("9", [at("1", "other")]));

/** The object as /mutate leaves it, where everything is known. */
const injected = (object: Json, ...existing: Json[]): Json => mutated({ object, existing }) as Json;

const lookups = ({ api }: Parts): readonly string[] => api.asked.filter((asked) => asked.startsWith("get"));

test("a target that the view does not know yet is asked for once, and the shadow is accepted", async (t) => {
  const parts = await serving(t, synced());
  const target = at("10", "target");
  parts.api.deployments.set("target", target);
  const { json } = await parts.validate(injected(shadow(), target));
  assert.equal(json.response.allowed, true, JSON.stringify(json));
  assert.equal(json.response.warnings, undefined);
  assert.deepEqual(lookups(parts), ["get target"]);
  assert.match(await metrics(parts), /_cluster_lookups_total\{result="found"\} 1/);
});

test("a target that nobody knows is denied, after it was asked for", async (t) => {
  const parts = await serving(t, synced());
  const { code, json } = await parts.validate(injected(shadow("othr")));
  assert.equal(code, 200);
  assert.equal(json.response.allowed, false);
  assert.match(
    json.response.status.message,
    /no SeldonDeployment othr in namespace models; did you mean other/,
  );
  assert.deepEqual(lookups(parts), ["get othr"]);
});

test("a denial by an old state of the target is judged by its present one", async (t) => {
  const chained = at("2", "target", { annotations: shadowing("other") });
  const parts = await serving(t, new ScriptedApi().answer(page("9", [at("1", "other"), chained])));
  const now = at("10", "target");
  parts.api.deployments.set("target", now);
  assert.equal((await parts.validate(injected(shadow(), now))).json.response.allowed, true);
  parts.api.deployments.set("target", chained);
  const { json } = await parts.validate(injected(shadow(), chained));
  assert.match(json.response.status.message, /target is attached itself/);
});

test("a shadow repeats the settings of a target that the view does not know yet", async (t) => {
  const parts = await serving(t, synced());
  const annotations = { "seldon.io/ambassador-circuit-breakers-max-requests": "7" };
  parts.api.deployments.set("target", at("10", "target", { annotations }));
  const { json } = await parts.mutate(shadow());
  assert.match(Buffer.from(json.response.patch, "base64").toString(), /max_requests/);
  assert.deepEqual(lookups(parts), ["get target"]);
});

test("nothing is asked for an object that is known to be right, wrong by itself, or alone", async (t) => {
  const parts = await serving(t, new ScriptedApi().answer(page("9", [at("1", "target")])));
  assert.equal((await parts.validate(injected(shadow(), at("1", "target")))).json.response.allowed, true);
  assert.equal((await parts.mutate(shadow())).json.response.allowed, true);
  const alone = deploymentOf({ name: "alone" });
  assert.equal((await parts.validate(injected(alone))).json.response.allowed, true);
  const wrong = deploymentOf({ name: "wrong", predictors: [{ name: "a", traffic: 70 }] });
  assert.equal((await parts.validate(wrong)).json.response.allowed, false);
  const guest = deploymentOf({
    name: "guest",
    annotations: { "seldon.io/ambassador-service-name": "new", "seldon.io/ambassador-header": "a: b" },
  });
  assert.equal((await parts.mutate(guest)).json.response.allowed, true);
  assert.deepEqual(lookups(parts), []);
});

test("a lookup that fails is a 500, never a denial and never a yes", async (t) => {
  const parts = await serving(t, synced());
  parts.api.deployments.set("target", new LiveFailure("forbidden", "HTTP 403: secret detail"));
  for (const answer of [await parts.validate(injected(shadow())), await parts.mutate(shadow())]) {
    assert.equal(answer.code, 500);
    assert.match(
      answer.json.message,
      /did not say whether there is a SeldonDeployment target in namespace models/,
    );
    assert.doesNotMatch(answer.text, /secret/);
  }
  assert.match(await metrics(parts), /_cluster_lookups_total\{result="failed"\} 2/);
  assert.match(await metrics(parts), /_panics_total 0/);
});

test("a lookup that fails is one line with the review's uid, however long the reason", async (t) => {
  const parts = await serving(t, synced());
  const long = `HTTP 500: ${"x".repeat(100_000)}\n{"level":"info"}`;
  parts.api.deployments.set("target", new LiveFailure("server", long));
  await parts.validate(injected(shadow()));
  const { logs } = parts.server;
  assert.deepEqual(
    logs.map(({ uid, path, namespace, name, reason, msg }) => [uid, path, namespace, name, reason, msg]),
    [[canary().request.uid, "/validate", "models", "target", "server", "lookup failed"]],
  );
  assert.ok(JSON.stringify(logs[0]).length < 1000);
});

test("a caller that leaves during a lookup is counted as aborted", async (t) => {
  const api = synced();
  const asked = new Promise<void>((resolve) => {
    api.get = (_namespace, _name, signal) => {
      resolve();
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    };
  });
  const parts = await serving(t, api);
  const socket = await parts.server.connect();
  const body = JSON.stringify(reviewOf(injected(shadow())));
  socket.write(
    `POST /validate?timeout=1s HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  await asked;
  socket.end();
  await once(socket.resume(), "close");
  await settle();
  assert.match(await metrics(parts), /_requests_total\{path="\/validate",code="aborted"\} 1/);
});

test("a lookup ends before the caller's time does", async (t) => {
  const api = synced();
  api.get = (_namespace, _name, signal) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const parts = await serving(t, api);
  const began = performance.now();
  const body = reviewOf(injected(shadow()));
  const { code } = await parts.server.call("/validate?timeout=500ms", { body });
  assert.equal(code, 500);
  assert.ok(performance.now() - began < 500);
});

test("before the first list, what asks the cluster is a 500 and all else is answered", async (t) => {
  const parts = await serving(t, new ScriptedApi());
  const refused = await parts.validate(injected(shadow()));
  assert.equal(refused.code, 500);
  assert.match(refused.json.message, /nothing was decided, .* have not been read yet/);
  assert.equal((await parts.mutate(shadow())).code, 500);
  assert.equal((await parts.validate(injected(deploymentOf({ name: "alone" })))).code, 500);
  assert.equal((await parts.mutate(deploymentOf({ name: "alone" }))).json.response.allowed, true);
  // Nobody may keep the finalizers of an object from being removed.
  const leaving = deploymentOf({ name: "leaving" });
  leaving.metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
  assert.equal((await parts.validate(leaving)).json.response.allowed, true);
  const unreadable = deploymentOf({ name: "unreadable" });
  unreadable.spec.predictors[0].traffic = "all";
  assert.equal((await parts.validate(unreadable)).json.response.allowed, false);
  assert.match(await metrics(parts), /_panics_total 0/);
});

test("what is wrong by itself is denied, whatever the view knows", async (t) => {
  const parts = await serving(t, new ScriptedApi());
  const uneven = [
    { name: "a", traffic: 70 },
    { name: "b", traffic: 70 },
  ];
  const wrong = deploymentOf({ name: "wrong", predictors: uneven });
  const denied = await parts.validate(wrong);
  assert.equal(denied.code, 200);
  assert.equal(denied.json.response.status.code, 422);
  const causes = denied.json.response.status.details.causes.map(({ field }: Json) => field);
  assert.deepEqual(causes, ["spec.predictors[1].traffic"]);

  // What it had before, it may keep; whether the rest is right nobody can tell.
  const labelled = { ...wrong, metadata: { ...wrong.metadata, labels: { team: "a" } } };
  const update = { operation: "UPDATE", oldObject: wrong };
  assert.equal((await parts.validate(labelled, update)).code, 500);
  const worse = deploymentOf({ name: "wrong", predictors: [...uneven, { name: "a", traffic: 5 }] });
  const { json } = await parts.validate(worse, update);
  assert.equal(json.response.allowed, false);
  assert.match(json.response.status.message, /\[predictor-name-unique\]/);
  assert.equal(
    (await parts.validate(wrong, { operation: "DELETE", object: null, oldObject: wrong })).code,
    500,
  );
  assert.match(await metrics(parts), /_panics_total 0/);
  assert.match(
    await metrics(parts),
    /decisions_total\{path="\/validate",operation="CREATE",allowed="false"\} 1/,
  );
});

test("what is wrong by itself is denied, also where its target cannot be asked for", async (t) => {
  const parts = await serving(t, synced());
  parts.api.deployments.set("target", new LiveFailure("forbidden", "HTTP 403"));
  const annotations = { ...shadowing("target"), "seldon.io/rest-timeout": "soon" };
  const { code, json } = await parts.validate(deploymentOf({ name: "copy", annotations }));
  assert.deepEqual([code, json.response.allowed], [200, false]);
  const rules = json.response.status.details.causes.map(
    ({ message }: Json) => /\[(.*?)\]/.exec(message)?.[1],
  );
  assert.deepEqual(rules, ["annotation-integer"], "nobody knows whether the target exists");
});

test("readiness follows the view, and says why", async (t) => {
  const parts = await serving(t, new ScriptedApi().answer(page("9", [at("1", "target")])));
  const ready = async () => {
    const { code, text } = await parts.server.call("/readyz?verbose");
    return `${code} ${text}`;
  };
  assert.equal(await ready(), "200 [+]serving ok\n[+]cluster ok\n");
  await parts.clock.pass(400_000);
  assert.match(
    await ready(),
    /^503 \[\+\]serving ok\n\[-\]cluster failed: the API server was last heard of 400 s ago/,
  );
  const plain = await parts.server.callPlain("/readyz");
  assert.deepEqual([plain.code, /^the API server was last heard of/.test(plain.text)], [503, true]);
  assert.equal((await parts.validate(injected(shadow(), at("1", "target")))).code, 500);
  assert.equal((await parts.server.call("/healthz")).code, 200);
  await parts.api.happen(bookmark("10"));
  assert.equal(await ready(), "200 [+]serving ok\n[+]cluster ok\n");
});

test("the view is measured", async (t) => {
  const parts = await serving(t, synced());
  await parts.api.happen(event("ADDED", at("10", "more")), "end");
  await parts.clock.pass(30_000);
  const text = await metrics(parts);
  assert.match(text, /_cluster_deployments 2\n/);
  assert.match(text, /_cluster_synced 1\n/);
  assert.match(text, /_cluster_age_seconds 30\n/);
  assert.match(text, /_cluster_restarts_total\{reason="ended"\} 1\n/);
  assert.match(text, /_cluster_restarts_total\{reason="expired"\} 0\n/);
});

const metrics = async ({ server }: Parts): Promise<string> => (await server.callPlain("/metrics")).text;
