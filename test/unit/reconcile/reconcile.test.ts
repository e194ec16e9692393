import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { guarded } from "../../../src/cluster/guarded.ts";
import { LiveFailure } from "../../../src/cluster/live-failure.ts";
import { defaultEngineSettings, type EngineSettings } from "../../../src/config/settings.ts";
import { type ReconcileOptions, reconcile } from "../../../src/reconcile/reconcile.ts";
import { keys } from "../../../src/seldon/annotations.ts";
import { AnsweringClient } from "../../support/answering-client.ts";
import type { Json } from "../../support/deployment.ts";
import { at, handClock } from "../../support/live.ts";
import { policyContext, policyWith } from "../../support/policies.ts";

const breaker = "seldon.io/ambassador-circuit-breakers-max-requests";

const target = (most: number, more: Json = {}): Json =>
  at("", "target", { annotations: { [breaker]: String(most), ...more } });

const attached = (name: string, annotations: Json = {}): Json =>
  at("", name, { annotations: { "seldon.io/ambassador-service-name": "target", ...annotations } });

const copy = (name = "copy", annotations: Json = {}): Json =>
  attached(name, { "seldon.io/ambassador-shadow": "true", ...annotations });

const breakerIn = (raw: Json): string | undefined =>
  /"max_requests": (\d+)/.exec(raw.metadata.annotations[keys.config] ?? "")?.[1];

interface Wishes {
  readonly settings?: Partial<EngineSettings>;
  readonly options?: Partial<ReconcileOptions>;
}

/** A target and its shadow as they were written, followed by a reconciler. */
function situation(t: TestContext, wishes: Wishes = {}, client = new AnsweringClient()) {
  const clock = handClock();
  const told: string[] = [];
  const settings = { ...defaultEngineSettings, ...wishes.settings };
  const reconciliation = reconcile({
    client,
    cluster: client,
    context: { settings, cluster: client.store.view },
    restartPods: false,
    intervalMs: 100,
    clock,
    observer: {
      ended: ({ name }, { outcome }, next) => told.push(`${name} ${outcome}, ${next}`),
      undone: ({ name }) => told.push(`${name} undone`),
      interrupted: (reason) => told.push(`interrupted: ${reason}`),
      failed: (error) => told.push(String(error)),
    },
    ...wishes.options,
  });
  t.after(() => reconciliation.stop());
  return { client, clock, told, reconciliation };
}

async function quiet({ client, clock, told }: ReturnType<typeof situation>): Promise<void> {
  client.apply(target(5));
  client.apply(copy());
  await clock.pass(10_000);
  assert.deepEqual([client.asked, told], [[], []], "nothing is out of date yet");
}

test("what repeats a target's settings is rewritten when they change", async (t) => {
  const all = situation(t);
  const { client, clock, told, reconciliation } = all;
  await quiet(all);
  client.apply(target(7));
  assert.equal(reconciliation.queueLength, 1);
  assert.equal(breakerIn(client.stored("copy")), "5");
  await clock.pass(10_000);
  assert.equal(breakerIn(client.stored("copy")), "7");
  assert.deepEqual(client.asked, ["get copy", "try copy", "write copy"]);
  assert.deepEqual(told, ["copy rewritten, done"]);
  assert.deepEqual([...reconciliation.results], [["rewritten", 1]]);
  assert.equal(reconciliation.queueLength, 0);
});

/** A policy that defaults a timeout, for all or for those that bear a label. */
const timeout = (ms: number, more: Json = {}, labels: Record<string, Record<string, string>> = {}) =>
  policyContext(policyWith({ defaults: [{ restTimeout: ms, ...more }] }), { labels });

/** What decides here and there, with the policy that the webhook has at the moment. */
const deciding = (client: AnsweringClient): ReconcileOptions["context"] => ({
  settings: defaultEngineSettings,
  cluster: client.store.view,
  get policy() {
    return client.policy;
  },
});

test("what is rewritten has the defaults of the policy that is in force by then", async (t) => {
  const client = new AnsweringClient();
  client.policy = timeout(1000);
  const all = situation(t, { options: { context: deciding(client) } }, client);
  await quiet(all);
  client.policy = timeout(2000);
  client.apply(target(7));
  await all.clock.pass(10_000);
  assert.deepEqual(all.told, ["copy rewritten, done"]);
  assert.equal(client.stored("copy").metadata.annotations["seldon.io/rest-timeout"], "2000");
  assert.equal(breakerIn(client.stored("copy")), "7");
});

test("a policy that is loaded while the webhook is asked does not make its answer another one", async (t) => {
  const client = new AnsweringClient();
  client.policy = timeout(1000);
  let loaded = client.policy;
  const context: ReconcileOptions["context"] = {
    settings: defaultEngineSettings,
    cluster: client.store.view,
    get policy() {
      return loaded;
    },
  };
  const all = situation(t, { options: { context } }, client);
  await quiet(all);
  client.meanwhile = (call) => {
    if (call === "try") loaded = timeout(2000);
  };
  client.apply(target(7));
  await all.clock.pass(10_000);
  assert.deepEqual(all.told, ["copy rewritten, done"]);
});

test("while labels that the policy reads are not known, nothing is rewritten", async (t) => {
  const client = new AnsweringClient();
  const selector = { namespaceSelector: { matchLabels: { team: "a" } } };
  client.policy = timeout(1000, selector, { models: { team: "a" } });
  const hidden = timeout(1000, selector);
  let isHidden = true;
  const context: ReconcileOptions["context"] = {
    settings: defaultEngineSettings,
    cluster: client.store.view,
    get policy() {
      return isHidden ? hidden : client.policy;
    },
  };
  const all = situation(t, { options: { context } }, client);
  await quiet(all);
  client.apply(target(7));
  await all.clock.pass(10_000);
  assert.deepEqual(all.told, ["interrupted: the labels of namespace models are not known"]);
  assert.equal(breakerIn(client.stored("copy")), "5");
  isHidden = false;
  await all.clock.pass(600_000);
  assert.equal(all.told.at(-1), "copy rewritten, done");
});

test("a change of nothing that is repeated asks nobody", async (t) => {
  const all = situation(t);
  await quiet(all);
  all.client.put({ ...all.client.stored("target"), status: { state: "Available" } });
  all.client.apply(target(5, { "seldon.io/rest-timeout": "9" }));
  await all.clock.pass(10_000);
  assert.deepEqual(all.client.asked, []);
});

test("a shadow of a header follows the deployment that answers it", async (t) => {
  const { client, clock } = situation(t);
  const header = { "seldon.io/ambassador-header": "stage: one" };
  client.apply(target(5));
  client.apply(attached("host", { ...header, [breaker]: "3" }));
  client.apply(copy("copy", header));
  assert.equal(breakerIn(client.stored("copy")), "3");
  client.apply(attached("host", { ...header, [breaker]: "4" }));
  await clock.pass(10_000);
  assert.equal(breakerIn(client.stored("copy")), "4");
  // While nobody answers the header a rule stands against the shadow; its text is renewed with the next one.
  client.delete("host");
  await clock.pass(10_000);
  assert.equal(breakerIn(client.stored("copy")), "4");
  client.apply(attached("host", { ...header, [breaker]: "6" }));
  await clock.pass(10_000);
  assert.equal(breakerIn(client.stored("copy")), "6");
});

test("a shadow of a route in an author's own text follows that text", async (t) => {
  const { client, clock } = situation(t);
  const own = (most: number): Json => ({
    [keys.config]: `apiVersion: getambassador.io/v2\nkind: Mapping\nname: own\nprefix: /seldon/models/target/\nservice: own.models:8000\nheaders: {stage: one}\ncircuit_breakers: [{max_requests: ${most}}]\n`,
  });
  client.apply(target(5));
  client.apply(at("", "author", { annotations: own(3) }));
  client.apply(copy("copy", { "seldon.io/ambassador-header": "stage: one" }));
  assert.equal(breakerIn(client.stored("copy")), "3");
  client.apply(at("", "author", { annotations: own(8) }));
  await clock.pass(10_000);
  assert.equal(breakerIn(client.stored("copy")), "8");
});

test("what repeats nothing of another deployment is left alone, outdated or not", async (t) => {
  const { client, clock } = situation(t);
  client.apply(target(5));
  client.apply(attached("host", { "seldon.io/ambassador-header": "stage: one" }));
  const { [keys.config]: text, ...annotations } = client.stored("host").metadata.annotations;
  client.put(attached("host", { ...annotations, [keys.config]: text.replace("3000", "4000") }));
  client.apply(target(6));
  await clock.pass(10_000);
  assert.deepEqual(client.asked, []);
});

test("what was left out of date before the start is rewritten, and what never had a text is not", async (t) => {
  const client = new AnsweringClient();
  const objects = [target(5), copy()];
  for (const raw of objects) client.apply(raw);
  const stored = objects.map(({ metadata }) => client.stored(metadata.name));
  const fresh = situation(t);
  for (const raw of stored) fresh.client.put(raw);
  fresh.client.put(target(9));
  fresh.client.put(at("", "other", {}));
  fresh.client.put(copy("never", { "seldon.io/ambassador-service-name": "other" }));
  await fresh.clock.pass(10_000);
  assert.equal(breakerIn(fresh.client.stored("copy")), "9");
  assert.equal(fresh.client.stored("never").metadata.annotations[keys.config], undefined);
});

test("several changes in a row are one write, and many guests keep the pace", async (t) => {
  const { client, clock } = situation(t);
  client.apply(target(5));
  const headers = Array.from({ length: 10 }, (_, index) => ({
    "seldon.io/ambassador-header": `n: ${index}`,
  }));
  const host = (index: number, most: number) =>
    attached(`host-${index}`, { ...headers[index], [breaker]: String(most) });
  for (const [index, header] of headers.entries()) {
    client.apply(host(index, 5));
    client.apply(copy(`copy-${index}`, header));
  }
  await clock.pass(10_000);
  const writes = () => client.asked.filter((call) => call.startsWith("write")).length;
  for (const most of [6, 7, 8]) for (const index of headers.keys()) client.apply(host(index, most));
  await clock.pass(1000);
  assert.equal(writes(), 1, "all were due at once");
  for (let tenths = 1; writes() < 10; tenths++) {
    await clock.pass(100);
    assert.ok(writes() <= 1 + tenths, `${writes()} writes after ${tenths} intervals`);
  }
  await clock.pass(10_000);
  assert.equal(writes(), 10);
});

test("what another replica does in the meantime is not done again", async (t) => {
  const all = situation(t);
  const { client, clock, told } = all;
  await quiet(all);
  let others = 0;
  client.meanwhile = (call) => {
    if (call === "write" && others++ === 0) client.apply(client.stored("copy"));
  };
  client.apply(target(7));
  await clock.pass(30_000);
  assert.equal(breakerIn(client.stored("copy")), "7");
  assert.deepEqual(told, ["copy right, done"]);
});

test("a view that is behind the API server does not decide what is written", async (t) => {
  const all = situation(t);
  const { client, clock, told } = all;
  await quiet(all);
  client.apply(target(7));
  let isBehind = true;
  client.meanwhile = (call) => {
    if (call !== "get" || !isBehind) return;
    isBehind = false;
    const seen = client.stored("copy");
    const annotations = { ...seen.metadata.annotations, "seldon.io/note": "written meanwhile" };
    client.put({ ...seen, metadata: { ...seen.metadata, annotations } });
    client.store.put(seen);
  };
  await clock.pass(1000);
  assert.deepEqual(told, ["copy behind, again"]);
  client.store.put(client.stored("copy"));
  await clock.pass(10_000);
  assert.deepEqual(told, ["copy behind, again", "copy rewritten, done"]);
});

test("where no webhook answers it is given up after some attempts, until the target changes", async (t) => {
  const all = situation(t);
  const { client, clock, told, reconciliation } = all;
  await quiet(all);
  client.put({ ...client.stored("target"), ...target(7) });
  client.installed = undefined;
  await clock.pass(3_600_000);
  const calls = client.asked.length;
  assert.deepEqual(told, [...Array(7).fill("copy unanswered, again"), "copy unanswered, given up"]);
  assert.equal(calls, 8 * 3 * 2);
  assert.equal(reconciliation.givenUp, 1);
  client.put({ ...client.stored("copy"), status: { state: "Available" } });
  await clock.pass(3_600_000);
  assert.equal(client.asked.length, calls, "the operator's status changes nothing");
  client.installed = {};
  client.put(target(8));
  await clock.pass(10_000);
  assert.equal(breakerIn(client.stored("copy")), "8");
});

test("a webhook that wants another text does not get to write", async (t) => {
  const all = situation(t);
  const { client, clock, told } = all;
  await quiet(all);
  client.put(target(7));
  client.installed = {
    ambassador: { ...defaultEngineSettings.ambassador, apiVersion: "getambassador.io/v3alpha1" },
  };
  await clock.pass(3_600_000);
  assert.equal(told.at(-1), "copy unanswered, given up");
  assert.ok(!client.asked.includes("write copy"));
});

test("two versions that want different texts come to rest", async (t) => {
  const first = situation(t);
  await quiet(first);
  const { client } = first;
  const v3 = {
    ambassador: { ...defaultEngineSettings.ambassador, apiVersion: "getambassador.io/v3alpha1" },
  } as const;
  const listeners: Parameters<AnsweringClient["tell"]>[0][] = [];
  // The second one's own calls are answered by its own version, as those of the first are.
  const theirs = new Proxy(client, {
    get: (at, key) => {
      if (key === "json")
        return async (...args: Parameters<AnsweringClient["json"]>) => {
          at.installed = v3;
          try {
            return await at.json(...args);
          } finally {
            at.installed = {};
          }
        };
      if (key === "tell") return (listener: (typeof listeners)[number]) => listeners.push(listener);
      const value = Reflect.get(at, key, at);
      return typeof value === "function" ? value.bind(at) : value;
    },
  });
  const second = situation(t, { settings: v3 }, theirs);
  const put = client.store.put.bind(client.store);
  client.store.put = (raw) => {
    const change = put(raw);
    if (change !== undefined) for (const listener of listeners) listener(change);
    return change;
  };
  client.put(target(7));
  for (let round = 0; round < 400; round++) {
    await first.clock.pass(1000);
    await second.clock.pass(1000);
  }
  const writes = client.asked.filter((call) => call === "write copy").length;
  assert.ok(writes >= 2 && writes <= 4, `${writes} writes`);
  assert.ok([...first.told, ...second.told].includes("copy undone"));
});

test("a rule that stands against it ends it at once, until something it depends on changes", async (t) => {
  const all = situation(t);
  const { client, clock, told } = all;
  await quiet(all);
  client.put(target(7, { "seldon.io/ambassador-id": "other" }));
  await clock.pass(3_600_000);
  assert.deepEqual(told, ["copy rejected, given up"]);
  client.put(target(7));
  await clock.pass(10_000);
  assert.deepEqual(told.slice(1), ["copy rewritten, done"]);
});

test("pods are not restarted unasked", async (t) => {
  for (const restartPods of [false, true]) {
    const settings = { carrier: "spec" } as const;
    const client = new AnsweringClient();
    client.installed = settings;
    const { clock, told } = situation(t, { settings, options: { restartPods } }, client);
    client.apply(target(5));
    client.apply(copy());
    client.apply(target(7));
    await clock.pass(10_000);
    assert.deepEqual(told, restartPods ? ["copy rewritten, done"] : ["copy restarts, given up"]);
  }
});

test("an API server out of reach, or a view that is not to be relied on, is waited out", async (t) => {
  const client = new AnsweringClient();
  let problem: string | undefined;
  const cluster = guarded(client.store.view, () => problem);
  const context = { settings: defaultEngineSettings, cluster };
  const all = situation(t, { options: { context } }, client);
  const { clock, told } = all;
  await quiet(all);
  let isDown = true;
  client.meanwhile = () => {
    if (isDown) throw new LiveFailure("network", "connection refused");
  };
  client.apply(target(7));
  await clock.pass(3_600_000);
  problem = "too old";
  await clock.pass(600_000);
  assert.deepEqual(told, ["interrupted: connection refused"]);
  assert.ok(client.asked.length < 60, `${client.asked.length} calls in an hour`);
  isDown = false;
  problem = undefined;
  await clock.pass(600_000);
  assert.equal(breakerIn(client.stored("copy")), "7");
});

test("a bug does not end it", async (t) => {
  const all = situation(t);
  const { client, clock, told } = all;
  await quiet(all);
  let isBroken = true;
  client.meanwhile = () => {
    if (isBroken) throw new TypeError("a bug");
  };
  client.apply(target(7));
  await clock.pass(10_000);
  assert.ok(told.some((line) => line === "TypeError: a bug"));
  isBroken = false;
  await clock.pass(3_600_000);
  assert.equal(breakerIn(client.stored("copy")), "7");
});

test("it ends when told so, whatever is under way", async (t) => {
  const all = situation(t);
  const { client, clock, reconciliation } = all;
  await quiet(all);
  let called: () => void = () => {};
  const isCalled = new Promise<void>((resolve) => {
    called = resolve;
  });
  client.json = async (_, { signal }) => {
    called();
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  client.apply(target(7));
  await clock.pass(2000);
  await isCalled;
  await reconciliation.stop();
});
