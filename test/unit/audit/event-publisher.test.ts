import assert from "node:assert/strict";
import { test } from "node:test";
import { EventPublisher } from "../../../src/audit/event-publisher.ts";
import type { EventCalls } from "../../../src/cluster/event-calls.ts";
import { Pool } from "../../../src/cluster/intern.ts";
import { LiveFailure } from "../../../src/cluster/live-failure.ts";
import { type ProjectedDeployment, project } from "../../../src/cluster/projection.ts";
import { invalid, type Report } from "../../../src/diagnostics/finding.ts";
import { at, handClock } from "../../support/live.ts";

const never = new AbortController().signal;
const minute = 60_000;

const deployment = (name: string): ProjectedDeployment => {
  const projected = project(at("1", name), new Pool());
  assert.ok(projected);
  return projected;
};

const finding = (rule = "a"): Report => ({
  rule,
  severity: "error",
  finding: invalid(["spec"], 1, "is wrong"),
  fix: "Mend it.",
});

/** An API server that keeps events until it is told to forget them. */
function eventStore() {
  const events = new Set<string>();
  const asked: string[] = [];
  let failure: LiveFailure | undefined;
  const calls: EventCalls = {
    async create({ metadata }) {
      asked.push(metadata.name);
      if (failure !== undefined) throw failure;
      const result = events.has(metadata.name) ? "existing" : "created";
      events.add(metadata.name);
      return result;
    },
  };
  const fail = (reason: LiveFailure | undefined): void => {
    failure = reason;
  };
  return { calls, asked, events, fail };
}

function publisher(calls: EventCalls) {
  const clock = handClock();
  const told: string[] = [];
  const observer = {
    failing: ({ reason }: LiveFailure) => told.push(`failing: ${reason}`),
    recovered: () => told.push("recovered"),
  };
  const events = new EventPublisher({ calls, instance: "test", observer, clock });
  /** One audit, and all the time that its events take, in whole minutes. */
  const audit = async (...found: [name: string, ...reports: Report[]][]): Promise<void> => {
    events.begin();
    for (const [name, ...reports] of found) events.judged(deployment(name), reports);
    let isOver = false;
    const published = events.publish(never).then(() => {
      isOver = true;
    });
    while (!isOver) await clock.pass(minute);
    await published;
  };
  return { clock, told, events, audit };
}

const results = ({ results }: EventPublisher): object =>
  Object.fromEntries([...results].filter(([, count]) => count > 0));

test("what is found is told once, however often it is found, and what is sound never", async () => {
  const store = eventStore();
  const { audit, events } = publisher(store.calls);
  for (let run = 0; run < 3; run++) await audit(["wrong", finding()], ["sound"]);
  assert.equal(store.asked.length, 1);
  assert.match(store.asked[0] ?? "", /^wrong\./);
  assert.deepEqual(results(events), { created: 1 });
});

test("of two replicas the first writes it; a restarted one finds it written", async () => {
  const store = eventStore();
  const [one, other] = [publisher(store.calls), publisher(store.calls)];
  await one.audit(["wrong", finding()]);
  await other.audit(["wrong", finding()]);
  assert.deepEqual([results(one.events), results(other.events)], [{ created: 1 }, { existing: 1 }]);
  assert.equal(store.events.size, 1);
});

test("other findings are another event, a repair is none, and a relapse is the first one again", async () => {
  const store = eventStore();
  const { audit } = publisher(store.calls);
  await audit(["model", finding("a")]);
  await audit(["model", finding("a"), finding("b")]);
  assert.equal(store.events.size, 2);
  await audit(["model"]);
  assert.equal(store.asked.length, 2);
  await audit(["model", finding("a")]);
  assert.deepEqual([store.asked.length, store.events.size], [3, 2]);
});

test("it is told again after an hour, when the API server has forgotten it", async () => {
  const store = eventStore();
  const { audit, clock, events } = publisher(store.calls);
  await audit(["wrong", finding()]);
  await clock.pass(58 * minute);
  await audit(["wrong", finding()]);
  assert.equal(store.asked.length, 1);
  store.events.clear();
  await audit(["wrong", finding()]);
  assert.deepEqual(results(events), { created: 2 });
});

test("a failure is reported once and tried again at the next audit", async () => {
  const store = eventStore();
  const { audit, told, events } = publisher(store.calls);
  store.fail(new LiveFailure("forbidden", "no"));
  await audit(["wrong", finding()]);
  await audit(["wrong", finding()]);
  assert.deepEqual(told, ["failing: forbidden"]);
  store.fail(undefined);
  await audit(["wrong", finding()]);
  assert.deepEqual(told, ["failing: forbidden", "recovered"]);
  assert.deepEqual(results(events), { created: 1, failed: 2 });
});

test("after three failures in succession the rest waits for the next audit", async () => {
  const store = eventStore();
  const { audit, events } = publisher(store.calls);
  store.fail(new LiveFailure("network", "gone"));
  const found = Array.from({ length: 10 }, (_, index): [string, Report] => [`m-${index}`, finding()]);
  await audit(...found);
  assert.equal(store.asked.length, 3);
  assert.deepEqual(results(events), { failed: 3, postponed: 7 });
});

test("an audit that finds everything wrong writes 300 events, and goes on with the next", async () => {
  const store = eventStore();
  const { audit, events } = publisher(store.calls);
  const found = Array.from({ length: 400 }, (_, index): [string, Report] => [`m-${index}`, finding()]);
  await audit(...found);
  assert.deepEqual(results(events), { created: 300, postponed: 100 });
  await audit(...found);
  assert.deepEqual(results(events), { created: 400, postponed: 100 });
});

test("five events are written in a second", async () => {
  const store = eventStore();
  const { clock, events } = publisher(store.calls);
  events.begin();
  for (let index = 0; index < 20; index++) events.judged(deployment(`m-${index}`), [finding()]);
  const published = events.publish(never);
  await clock.pass(1000);
  assert.equal(store.asked.length, 6);
  await clock.pass(minute);
  await published;
  assert.equal(store.asked.length, 20);
});

test("it ends when the server does", async () => {
  const store = eventStore();
  const { events, clock } = publisher(store.calls);
  const stopping = new AbortController();
  events.begin();
  for (const name of ["a", "b", "c"]) events.judged(deployment(name), [finding()]);
  const published = events.publish(stopping.signal);
  await clock.pass(0);
  stopping.abort();
  await published;
  assert.equal(store.asked.length, 1);
});
