import assert from "node:assert/strict";
import { test } from "node:test";
import { adoptAll } from "../../../src/adopt/adopt-all.ts";
import { type Adoption, adoptOne, type Result } from "../../../src/adopt/adopt-one.ts";
import { patchOf } from "../../../src/adopt/plan.ts";
import type { DeploymentCalls } from "../../../src/cluster/deployment-calls.ts";
import { failureOf, LiveFailure } from "../../../src/cluster/live-failure.ts";
import { LiveStore } from "../../../src/cluster/live-store.ts";
import { defaultEngineSettings, type EngineSettings } from "../../../src/config/settings.ts";
import { applyPatch } from "../../../src/review/patch.ts";
import { keys } from "../../../src/seldon/annotations.ts";
import type { Json } from "../../support/deployment.ts";
import { at, handClock } from "../../support/live.ts";

const iris = { namespace: "models", name: "iris" };

interface Wishes {
  /** What the installed webhook is set to; none is installed where undefined. */
  readonly installed?: Partial<EngineSettings> | undefined;
  readonly settings?: Partial<EngineSettings>;
  readonly restartPods?: boolean;
  /** What happens instead of one call, or before it. */
  readonly meanwhile?: (call: string, stored: Map<string, Json>) => void;
}

/** An API server with a webhook, as far as adoption needs one. */
function situation(objects: readonly Json[], wishes: Wishes = { installed: {} }) {
  const stored = new Map(objects.map((raw) => [raw.metadata.name as string, raw]));
  const asked: string[] = [];
  const listed = (): LiveStore => {
    const store = new LiveStore();
    for (const raw of stored.values()) store.put(raw);
    return store;
  };
  const called = (call: string, name: string): Json => {
    asked.push(call);
    wishes.meanwhile?.(call, stored);
    const raw = stored.get(name);
    if (raw === undefined) throw failureOf(404, "not found");
    return raw;
  };
  const calls: DeploymentCalls = {
    // biome-ignore lint/correctness/useYield: nothing is listed here
    async *pages() {
      assert.fail("not asked");
    },
    get: async ({ name }) => called("get", name),
    async touch({ namespace, name }, resourceVersion, { dryRun }) {
      const raw = called(dryRun ? "try" : "write", name);
      if (raw.metadata.resourceVersion !== resourceVersion)
        throw failureOf(409, "the object has been modified");
      if (wishes.installed === undefined) return raw;
      const context = { settings: { ...defaultEngineSettings, ...wishes.installed }, cluster: listed().view };
      const written = applyPatch(raw, patchOf(raw, namespace, context)) as Json;
      if (dryRun) return written;
      const next = { ...written, metadata: { ...written.metadata, resourceVersion: `${resourceVersion}+` } };
      stored.set(name, next);
      return next;
    },
  };
  let store = listed();
  const adoption: Adoption = {
    calls,
    restartPods: wishes.restartPods ?? false,
    context(raw) {
      store.put(raw);
      return { settings: { ...defaultEngineSettings, ...wishes.settings }, cluster: store.view };
    },
    async renew() {
      asked.push("renew");
      store = listed();
    },
    wait: async () => {},
  };
  return { adoption, asked, stored };
}

const textOf = (raw: Json | undefined): string | undefined => raw?.metadata.annotations?.[keys.config];

test("it is tried before it is written", async () => {
  const { adoption, asked, stored } = situation([at("1", "iris")]);
  assert.deepEqual(await adoptOne(iris, adoption), { outcome: "adopted" });
  assert.deepEqual(asked, ["get", "try", "write"]);
  assert.match(textOf(stored.get("iris")) ?? "", /^# Made by/);
  assert.deepEqual(await adoptOne(iris, adoption), { outcome: "right" });
  assert.deepEqual(asked.slice(3), ["get"]);
});

test("without a webhook nothing is written, and going on is of no use", async () => {
  const { adoption, asked } = situation([at("1", "iris")], {});
  await assert.rejects(adoptOne(iris, adoption), /^NotAnswered: no webhook answered for models\/iris/);
  assert.deepEqual(asked, ["get", "try", "renew", "get", "try", "renew", "get", "try"]);
});

test("a webhook of other settings does not get to write", async () => {
  for (const installed of [{ carrier: "spec" }, { suppressDuplicates: true }] as const) {
    const predictors = [
      { name: "a", traffic: 50 },
      { name: "b", traffic: 50 },
    ];
    const { adoption, asked } = situation([at("1", "iris", { predictors })], { installed });
    await assert.rejects(adoptOne(iris, adoption), /another text than these settings ask for/);
    assert.ok(!asked.includes("write"));
  }
});

test("a webhook that failed once is asked again", async () => {
  let isDown = true;
  const wishes = {
    get installed() {
      return isDown ? undefined : {};
    },
    meanwhile: (call: string) => {
      if (call === "get" && asked.length > 1) isDown = false;
    },
  };
  const { adoption, asked } = situation([at("1", "iris")], wishes);
  assert.deepEqual(await adoptOne(iris, adoption), { outcome: "adopted" });
});

test("a target that changed since the census is read again", async () => {
  const breaker = "seldon.io/ambassador-circuit-breakers-max-requests";
  const copy = { [keys.serviceName]: "target", [keys.shadow]: "true" };
  const { adoption, asked, stored } = situation([at("1", "target"), at("1", "iris", { annotations: copy })]);
  stored.set("target", at("2", "target", { annotations: { [breaker]: "7" } }));
  assert.deepEqual(await adoptOne(iris, adoption), { outcome: "adopted" });
  assert.deepEqual(asked, ["get", "try", "renew", "get", "try", "write"]);
  assert.match(textOf(stored.get("iris")) ?? "", /max_requests/);
});

/** Somebody else writes before each of the first so many patches. */
const rival = (times: number) => {
  let count = 0;
  return (call: string, stored: Map<string, Json>): void => {
    if (call === "get" || count === times) return;
    count++;
    stored.set("iris", at(`${count + 1}`, "iris"));
  };
};

test("a conflict is tried again with what is there now", async () => {
  const { adoption, asked } = situation([at("1", "iris")], { installed: {}, meanwhile: rival(2) });
  assert.deepEqual(await adoptOne(iris, adoption), { outcome: "adopted" });
  assert.deepEqual(asked, ["get", "try", "get", "try", "get", "try", "write"]);
});

test("a rival who never rests wins", async () => {
  const { adoption, asked } = situation([at("1", "iris")], { installed: {}, meanwhile: rival(1000) });
  assert.deepEqual(await adoptOne(iris, adoption), { outcome: "conflict" });
  assert.equal(asked.length, 16);
});

test("what vanishes is gone", async () => {
  const { adoption } = situation([]);
  assert.deepEqual(await adoptOne(iris, adoption), { outcome: "gone" });
  const meanwhile = (call: string, stored: Map<string, Json>) => call === "write" && stored.clear();
  const late = situation([at("1", "iris")], { installed: {}, meanwhile });
  assert.deepEqual(await adoptOne(iris, late.adoption), { outcome: "gone" });
});

test("what has become wrong since is rejected", async () => {
  const { adoption } = situation([at("1", "iris", { predictors: [{ name: "main", traffic: 40 }] })]);
  assert.equal((await adoptOne(iris, adoption)).outcome, "rejected");
});

test("pods restart only when that is allowed", async () => {
  const spec = { carrier: "spec" } as const;
  const held = situation([at("1", "iris")], { installed: spec, settings: spec });
  assert.deepEqual(await adoptOne(iris, held.adoption), { outcome: "restarts" });
  assert.deepEqual(held.asked, ["get"]);
  const allowed = situation([at("1", "iris")], { installed: spec, settings: spec, restartPods: true });
  assert.deepEqual(await adoptOne(iris, allowed.adoption), { outcome: "adopted" });
});

const failing = (error: Error) =>
  situation([at("1", "iris")], {
    installed: {},
    meanwhile: (call) => {
      if (call === "try") throw error;
    },
  }).adoption;

test("what the API server refuses fails, and says why", async () => {
  const refusal = failureOf(403, "cannot patch resource");
  assert.deepEqual(await adoptOne(iris, failing(refusal)), {
    outcome: "failed",
    reason: "cannot patch resource",
  });
});

test("an API server out of reach ends the run, and so does a bug", async () => {
  await assert.rejects(adoptOne(iris, failing(new LiveFailure("network", "ECONNREFUSED"))), {
    name: "LiveFailure",
  });
  await assert.rejects(adoptOne(iris, failing(failureOf(401, "who are you"))), { name: "LiveFailure" });
  await assert.rejects(adoptOne(iris, failing(new TypeError("as bugs do"))), { name: "TypeError" });
});

test("one after the other, not faster than asked, until it is to stop", async () => {
  const names = ["a", "b", "c", "d"];
  const { adoption } = situation(names.map((name) => at("1", name)));
  const clock = handClock();
  const stop = new AbortController();
  const told: [string, Result["outcome"]][] = [];
  const references = names.map((name) => ({ namespace: "models", name }));
  const pace = { clock, intervalMs: 200, stopping: stop.signal };
  const done = adoptAll(references, adoption, pace, ({ name }, { outcome }) => told.push([name, outcome]));
  await clock.pass(0);
  assert.deepEqual(told, [["a", "adopted"]]);
  await clock.pass(199);
  assert.equal(told.length, 1);
  await clock.pass(201);
  assert.equal(told.length, 3);
  stop.abort();
  await done;
  assert.equal(told.length, 3);
});
