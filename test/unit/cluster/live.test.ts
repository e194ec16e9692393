import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LiveView } from "../../../src/cluster/live.ts";
import { LiveFailure } from "../../../src/cluster/live-failure.ts";
import { at, bookmark, event, followed, page, ScriptedApi, settle } from "../../support/live.ts";

const expired = () => new LiveFailure("expired", "too old");
const down = () => new LiveFailure("server", "HTTP 503: down");

const known = ({ view }: LiveView, name: string): boolean => view.find("models", name) !== undefined;

const count = ({ restarts }: LiveView, reason: Parameters<LiveView["restarts"]["get"]>[0]) =>
  restarts.get(reason);

describe("lists", () => {
  test("nothing is answered before all pages have come", async (t) => {
    const api = new ScriptedApi().answer(page("9", [at("1", "a")], "2"));
    const { live, told } = followed(t, api);
    await settle();
    assert.equal(live.synced, false);
    assert.match(live.problem() ?? "", /have not been read yet/);
    assert.throws(() => known(live, "a"), { name: "ViewUnavailable" });
    assert.deepEqual([api.asked, told], [["list", "list 2"], []]);
  });

  test("then all are known, and watched from the list's version on", async (t) => {
    const api = new ScriptedApi().answer(page("9", [at("1", "a")], "2"), page("9", [at("2", "b")]));
    const { live, told } = followed(t, api);
    await live.whenSynced;
    await settle();
    assert.ok(live.synced && known(live, "a") && known(live, "b"));
    assert.equal(live.size, 2);
    assert.equal(live.problem(), undefined);
    assert.deepEqual([api.asked, told], [["list", "list 2", "watch 9"], ["synced 2"]]);
  });

  test("a version that expires between two pages begins the list anew", async (t) => {
    const api = new ScriptedApi()
      .answer(page("9", [at("1", "gone")], "2"), expired())
      .answer(page("12", [at("11", "a")]));
    const { live, clock } = followed(t, api);
    await clock.pass(1000);
    assert.deepEqual(api.asked, ["list", "list 2", "list", "watch 12"]);
    assert.ok(known(live, "a") && !known(live, "gone"));
    assert.equal(count(live, "expired"), 1);
  });

  test("failures are waited out for longer and longer, and told of once", async (t) => {
    const api = new ScriptedApi().answer(...Array.from({ length: 8 }, down));
    const { live, clock, told } = followed(t, api);
    await settle();
    // Half of a step that doubles, up to the longest.
    for (const [failures, wait] of [500, 1000, 2000, 4000, 8000, 15_000, 15_000].entries()) {
      await clock.pass(wait - 1);
      assert.equal(api.asked.length, failures + 1);
      await clock.pass(1);
      assert.equal(api.asked.length, failures + 2);
    }
    assert.equal(count(live, "server"), 8);
    assert.deepEqual(told, ["list failing: server"]);
    assert.match(live.problem() ?? "", /have not been read yet: HTTP 503: down$/);
  });

  test("the API server's own wish is granted", async (t) => {
    const api = new ScriptedApi().answer(new LiveFailure("throttled", "busy", 20_000), page("1", []));
    const { live, clock } = followed(t, api);
    await clock.pass(19_000);
    assert.equal(live.synced, false);
    await clock.pass(1000);
    assert.equal(live.synced, true);
  });
});

describe("watches", () => {
  async function watching(t: Parameters<typeof followed>[0]) {
    const api = new ScriptedApi().answer(page("9", [at("1", "a")]));
    const parts = followed(t, api);
    await parts.live.whenSynced;
    await settle();
    return { api, ...parts };
  }

  test("creations, changes and deletions are seen", async (t) => {
    const { api, live } = await watching(t);
    await api.happen(event("ADDED", at("10", "b")));
    assert.ok(known(live, "b"));
    const attached = { annotations: { "seldon.io/ambassador-service-name": "a" } };
    await api.happen(event("MODIFIED", at("11", "b", attached)));
    assert.equal([...live.view.attachedTo("models", "a")].length, 1);
    await api.happen(event("DELETED", at("12", "b")));
    assert.ok(!known(live, "b") && known(live, "a"));
    const leaving = at("13", "a");
    leaving.metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
    await api.happen(event("MODIFIED", leaving));
    assert.ok(!known(live, "a"));
  });

  test("go on from the last event or bookmark, whatever ended them", async (t) => {
    const { api, live, clock, told } = await watching(t);
    await api.happen(event("ADDED", at("10", "b")), "end");
    await clock.pass(1000);
    await api.happen(bookmark("20"), new Error("socket hang up"));
    await clock.pass(1000);
    await api.happen(new LiveFailure("malformed", "not JSON"));
    await clock.pass(2000);
    await api.happen(bookmark("30"));
    const watches = api.asked.filter((asked) => asked.startsWith("watch"));
    assert.deepEqual(watches, ["watch 9", "watch 10", "watch 20", "watch 20"]);
    assert.deepEqual(
      ["ended", "network", "malformed"].map((reason) => count(live, reason as "ended")),
      [1, 1, 1],
    );
    assert.deepEqual(told, [
      "synced 1",
      "watch failing: network",
      "watch failing: malformed",
      "watch recovered",
    ]);
    assert.equal(api.open, 1);
  });

  test("a version that is too old is followed by a list, without a moment of emptiness", async (t) => {
    const { api, live } = await watching(t);
    await api.happen(expired());
    assert.equal(api.asked.at(-1), "list");
    assert.ok(known(live, "a") && live.synced);
  });

  test("an end without any event waits longer each time", async (t) => {
    const { api, clock } = await watching(t);
    for (const wait of [500, 1000, 2000]) {
      await api.happen("end");
      const before = api.asked.length;
      await clock.pass(wait - 1);
      assert.equal(api.asked.length, before);
      await clock.pass(1);
      assert.equal(api.asked.length, before + 1);
    }
  });
});

describe("relists", () => {
  test("repair what the watch has missed, and touch nothing else", async (t) => {
    const kept = at("2", "kept");
    const api = new ScriptedApi().answer(page("9", [at("1", "lost"), kept, at("3", "changed")]));
    const { live, clock } = followed(t, api);
    await live.whenSynced;
    const before = live.view.find("models", "kept");
    const changed = at("40", "changed", { annotations: { "seldon.io/ambassador-service-name": "kept" } });
    api.answer(page("50", [kept, changed, at("41", "missed")]));
    await clock.pass(300_000);
    await api.happen(bookmark("45"));
    await clock.pass(300_000);
    assert.deepEqual(api.asked, ["list", "watch 9", "list", "watch 50"]);
    assert.equal(live.view.find("models", "kept"), before);
    assert.ok(known(live, "missed") && !known(live, "lost"));
    assert.equal([...live.view.attachedTo("models", "kept")].length, 1);
    assert.equal(api.open, 1);
  });

  test("that fail leave the watch alone, and are tried again", async (t) => {
    const api = new ScriptedApi().answer(page("9", []), down(), page("50", []));
    const { live, clock, told } = followed(t, api);
    await clock.pass(600_000);
    await api.happen(event("ADDED", at("10", "b")));
    assert.ok(known(live, "b"));
    await clock.pass(1000);
    assert.deepEqual(api.asked, ["list", "watch 9", "list", "list", "watch 50"]);
    assert.deepEqual(told.slice(-2), ["list failing: server", "list recovered"]);
  });
});

describe("trust", () => {
  test("ends when nothing is heard for too long, and comes back with the next sign of life", async (t) => {
    const api = new ScriptedApi().answer(page("9", [at("1", "a")]));
    const { live, clock, told } = followed(t, api);
    await live.whenSynced;
    await clock.pass(300_000);
    assert.equal(live.problem(), undefined);
    await clock.pass(1000);
    assert.match(live.problem() ?? "", /last heard of 301 s ago, which is more than 300 s$/);
    assert.throws(() => known(live, "a"), { name: "ViewUnavailable" });
    await clock.pass(10_000);
    assert.deepEqual(told, ["synced 1", "stale"]);
    assert.equal(live.ageMs(), 311_000);
    await api.happen(bookmark("10"));
    assert.equal(live.problem(), undefined);
    assert.ok(known(live, "a"));
  });

  test("stopping ends everything at once, and twice is like once", async (t) => {
    const api = new ScriptedApi().answer(page("9", []));
    const { live, clock } = followed(t, api);
    await live.whenSynced;
    await settle();
    assert.equal(api.open, 1);
    await live.stop();
    await live.stop();
    assert.equal(api.open, 0);
    assert.deepEqual(clock.waits, []);
  });

  test("stopping before the first list ends the wait for it", async (t) => {
    const { live } = followed(t, new ScriptedApi());
    await live.stop();
    await live.whenSynced;
    assert.equal(live.synced, false);
  });
});

describe("lookups", () => {
  const signal = AbortSignal.timeout(1000);

  test("find what is there, and nothing that is missing or on its way out", async (t) => {
    const api = new ScriptedApi();
    const { live } = followed(t, api);
    api.deployments.set("iris", at("1", "iris"));
    const leaving = at("1", "leaving");
    leaving.metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
    api.deployments.set("leaving", leaving);
    assert.equal((await live.lookup.get("models", "iris", signal))?.name, "iris");
    assert.equal(await live.lookup.get("models", "leaving", signal), undefined);
    assert.equal(await live.lookup.get("models", "none", signal), undefined);
  });

  test("fail when nobody can tell", async (t) => {
    const api = new ScriptedApi();
    const { live } = followed(t, api);
    api.deployments.set("iris", new LiveFailure("forbidden", "HTTP 403: no"));
    await assert.rejects(live.lookup.get("models", "iris", signal), { reason: "forbidden" });
  });
});
