import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineContext } from "../../../src/admission/engine.ts";
import { type AuditResult, auditOnce, auditPeriodically } from "../../../src/audit/periodic.ts";
import { guarded } from "../../../src/cluster/guarded.ts";
import { systemClock } from "../../../src/cluster/live-clock.ts";
import { LiveStore } from "../../../src/cluster/live-store.ts";
import { defaultEngineSettings } from "../../../src/config/settings.ts";
import { at, handClock } from "../../support/live.ts";

const predictors = [{ name: "main", traffic: 40 }];

function clusterOf(count: number) {
  const store = new LiveStore();
  for (let index = 0; index < count; index++)
    store.put(at("1", `model-${index}`, index % 2 ? {} : { predictors }));
  let problem: string | undefined;
  const context: EngineContext = {
    settings: defaultEngineSettings,
    cluster: guarded(store.view, () => problem),
  };
  const fail = (reason: string | undefined): void => {
    problem = reason;
  };
  return { store, context, fail, cluster: { whenSynced: Promise.resolve(), deployments: () => store.all() } };
}

const never = new AbortController().signal;

test("findings are counted by rule and severity", async () => {
  const result = await auditOnce(clusterOf(4), never);
  assert.deepEqual(result?.counts, [
    { rule: "single-predictor-traffic", severity: "error", count: 2 },
    { rule: "mapping-injected", severity: "error", count: 2 },
  ]);
  assert.deepEqual([result.deployments, result.errors, result.warnings], [4, 4, 0]);
});

test("other work goes on in between", async () => {
  const parts = clusterOf(3000);
  let turns = 0;
  let longest = 0;
  let last = performance.now();
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    turns++;
    if (isRunning) setImmediate(turn);
  };
  let isRunning = true;
  setImmediate(turn);
  const result = await auditOnce(parts, never);
  isRunning = false;
  assert.equal(result?.deployments, 3000);
  assert.ok(turns > 5, `${turns} turns in ${result.ms} ms, the longest of ${longest} ms`);
});

test("what is changed and deleted meanwhile is judged once or not at all", async () => {
  const { store, context } = clusterOf(10);
  let calls = 0;
  const clock = {
    ...systemClock,
    // Every deployment ends a slice; after the first one some others change.
    now: () => {
      calls += 100;
      if (calls === 300) {
        store.put(at("2", "model-1"));
        store.put(at("2", "model-2"));
        store.remove(at("2", "model-9"));
      }
      return calls;
    },
  };
  const result = await auditOnce(
    { cluster: { whenSynced: Promise.resolve(), deployments: () => store.all() }, context, clock },
    never,
  );
  assert.equal(result?.deployments, 9);
  assert.deepEqual(
    result.counts.map(({ count }) => count),
    [4, 5],
  );
});

test("a run over a view that cannot be relied on comes to nothing", async () => {
  const parts = clusterOf(2);
  parts.fail("too old");
  assert.equal(await auditOnce(parts, never), undefined);
});

test("a run that is called off comes to nothing", async () => {
  assert.equal(await auditOnce(clusterOf(2), AbortSignal.abort()), undefined);
});

test("it runs once the view is synced and again after each interval, until it is stopped", async () => {
  const { store, context, cluster, fail } = clusterOf(2);
  const clock = handClock();
  const results: AuditResult[] = [];
  let sync = (): void => {};
  const whenSynced = new Promise<void>((resolve) => {
    sync = resolve;
  });
  const observer = { ended: (result: AuditResult) => results.push(result), failed: assert.fail };
  const audit = auditPeriodically({
    cluster: { ...cluster, whenSynced },
    context,
    intervalMs: 1000,
    observer,
    clock,
  });
  await clock.pass(5000);
  assert.deepEqual([results.length, audit.latest], [0, undefined]);
  sync();
  await clock.pass(0);
  assert.equal(audit.latest?.errors, 2);
  assert.deepEqual(clock.waits, [1000]);
  store.remove(at("2", "model-0"));
  await clock.pass(1000);
  assert.deepEqual([results.length, audit.latest?.errors], [2, 1]);
  fail("too old");
  await clock.pass(1000);
  assert.deepEqual([results.length, audit.latest?.errors], [2, 1]);
  assert.deepEqual(Object.fromEntries(audit.runs), { completed: 2, abandoned: 1, failed: 0 });
  await audit.stop();
  await clock.pass(5000);
  assert.equal(results.length, 2);
});

test("a bug ends one run, not the webhook", async (t) => {
  const { context, cluster } = clusterOf(1);
  const clock = handClock();
  const failures: unknown[] = [];
  const ended: AuditResult[] = [];
  let isBroken = true;
  const deployments = () => {
    if (isBroken) throw new TypeError("as bugs do");
    return cluster.deployments();
  };
  const observer = {
    ended: (result: AuditResult) => ended.push(result),
    failed: (error: unknown) => failures.push(error),
  };
  const audit = auditPeriodically({
    cluster: { ...cluster, deployments },
    context,
    intervalMs: 1000,
    observer,
    clock,
  });
  t.after(() => audit.stop());
  await clock.pass(0);
  isBroken = false;
  await clock.pass(1000);
  assert.deepEqual([failures.length, ended.length], [1, 1]);
  assert.deepEqual(Object.fromEntries(audit.runs), { completed: 1, abandoned: 0, failed: 1 });
});
