import assert from "node:assert/strict";
import { test } from "node:test";
import { type Census, takeCensus, withCensus } from "../../../src/cluster/census.ts";
import { deploymentCalls, type Selection } from "../../../src/cluster/deployment-calls.ts";
import type { ApiCall, ApiClient } from "../../../src/cluster/live-client.ts";
import { failureOf } from "../../../src/cluster/live-failure.ts";
import { at, handClock, page } from "../../support/live.ts";

const versions = {
  versions: [{ version: "v1alpha2" }, { version: "v1" }],
  preferredVersion: { version: "v1" },
};

type Answer = unknown | Error;

/** A client that gives these answers, one after the other, once it has said which versions there are. */
function scripted(...answers: Answer[]) {
  const asked: { path: string; call: ApiCall }[] = [];
  const client: ApiClient = {
    open: () => assert.fail("not asked"),
    async json(path, call) {
      if (path === "/apis/machinelearning.seldon.io") return versions;
      asked.push({ path, call });
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return { client, asked, paths: () => asked.map(({ path }) => path.replace(/^.*\/v1/, "")) };
}

const list = (version: string, names: readonly string[], next?: string) => {
  const { items, resourceVersion } = page(
    version,
    names.map((name) => at("1", name)),
  );
  return { items, metadata: { resourceVersion, ...(next && { continue: next }) } };
};

const { signal } = new AbortController();

async function namesOf(census: Census, selection: Selection = {}): Promise<string[]> {
  const names: string[] = [];
  for await (const { items } of census.pages(selection, signal))
    for (const item of items) names.push((item as { metadata: { name: string } }).metadata.name);
  return names;
}

test("a census reads all pages, and what is looked at then is of the same state", async () => {
  const { client, paths } = scripted(
    list("7", ["a"], "next"),
    list("7", ["b"]),
    list("7", ["a"], "more"),
    list("7", ["b"]),
  );
  const census = await takeCensus(deploymentCalls(client), undefined, signal);
  assert.deepEqual([census.store.size, census.isPartial], [2, false]);
  assert.deepEqual(await namesOf(census, { namespace: "models", selector: "team=a" }), ["a", "b"]);
  const models = "/namespaces/models/seldondeployments?limit=500&labelSelector=team%3Da";
  assert.deepEqual(paths(), [
    "/seldondeployments?limit=500",
    "/seldondeployments?limit=500&continue=next",
    `${models}&resourceVersion=7&resourceVersionMatch=Exact`,
    `${models}&continue=more`,
  ]);
});

test("where the rights end at a namespace, it alone is read", async () => {
  const { client, paths } = scripted(failureOf(403, "no"), list("7", ["a"]));
  const census = await takeCensus(deploymentCalls(client), "models", signal);
  assert.deepEqual([census.store.size, census.isPartial], [1, true]);
  assert.equal(paths().at(-1), "/namespaces/models/seldondeployments?limit=500");
  const denied = scripted(failureOf(403, "no"));
  await assert.rejects(takeCensus(deploymentCalls(denied.client), undefined, signal), {
    reason: "forbidden",
  });
});

test("a census that grew too old is taken anew, a few times", async () => {
  let taken = 0;
  const take = async (): Promise<Census> => {
    taken++;
    return takeCensus(deploymentCalls(scripted(list(`${taken}`, [])).client), undefined, signal);
  };
  const expired = failureOf(410, "too old");
  const use = async () => {
    if (taken < 3) throw expired;
    return taken;
  };
  assert.equal(await withCensus(take, use), 3);
  await assert.rejects(
    withCensus(take, () => Promise.reject(expired)),
    { reason: "expired" },
  );
  assert.equal(taken, 6);
  await assert.rejects(
    withCensus(take, () => Promise.reject(failureOf(500, "no"))),
    { reason: "server" },
  );
  assert.equal(taken, 7);
});

test("an API server that sheds load is given time, at least as much as it asks for", async () => {
  const clock = handClock();
  const { client, asked } = scripted(failureOf(429, "busy"), failureOf(503, "down", 8000), at("1", "iris"));
  const got = deploymentCalls(client, { clock }).get({ namespace: "models", name: "iris" });
  await clock.pass(0);
  assert.deepEqual([asked.length, clock.waits], [1, [500]]);
  await clock.pass(500);
  assert.deepEqual([asked.length, clock.waits], [2, [8000]]);
  await clock.pass(8000);
  assert.equal(((await got) as { metadata: { name: string } }).metadata.name, "iris");
});

test("other failures are told at once, and so is the last of many", async () => {
  const clock = handClock();
  const denied = deploymentCalls(scripted(failureOf(409, "changed")).client, { clock });
  await assert.rejects(denied.get({ namespace: "models", name: "iris" }), { code: 409 });
  const busy = scripted(...Array.from({ length: 5 }, () => failureOf(429, "busy")));
  const rejected = assert.rejects(
    deploymentCalls(busy.client, { clock }).get({ namespace: "a", name: "b" }),
    {
      code: 429,
    },
  );
  await clock.pass(60_000);
  await rejected;
  assert.equal(busy.asked.length, 5);
});

test("an update that changes nothing is bound to a version", async () => {
  const { client, asked } = scripted({}, {});
  const calls = deploymentCalls(client);
  await calls.touch({ namespace: "models", name: "iris" }, "42", { dryRun: true });
  await calls.touch({ namespace: "models", name: "iris" }, "42", { dryRun: false });
  const path =
    "/apis/machinelearning.seldon.io/v1/namespaces/models/seldondeployments/iris?fieldManager=seldon-ambassador-webhook-adopt";
  assert.deepEqual(
    asked.map(({ path, call }) => [call.method, path, call.contentType, call.body]),
    [`${path}&dryRun=All`, path].map((each) => [
      "PATCH",
      each,
      "application/merge-patch+json",
      { metadata: { resourceVersion: "42" } },
    ]),
  );
});
