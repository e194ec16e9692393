import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { PassThrough, Readable } from "node:stream";
import { describe, test } from "node:test";
import { deploymentApi, type WatchEvent } from "../../../src/cluster/live-api.ts";
import type { ApiClient } from "../../../src/cluster/live-client.ts";
import { failureOf } from "../../../src/cluster/live-failure.ts";
import type { Json } from "../../support/deployment.ts";
import { handClock } from "../../support/live.ts";

const { signal } = new AbortController();
const group = "/apis/machinelearning.seldon.io";

const served = (...versions: string[]): Json => ({
  versions: versions.map((version) => ({ version })),
  preferredVersion: { version: versions.at(-1) },
});

/** A client that answers by path; whatever is watched is one stream. */
function answering(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const stream = new PassThrough();
  const answerTo = (path: string) => {
    asked.push(path);
    return answers[path.replace(/\?.*/, "")];
  };
  const client: ApiClient = {
    async open(path) {
      const answer = answerTo(path);
      const text = typeof answer === "string" ? answer : JSON.stringify(answer ?? null);
      const body = path.includes("watch=true") ? stream : Readable.from([Buffer.from(text)]);
      return body as IncomingMessage;
    },
    json: async (path) => answerTo(path),
  };
  const clock = handClock();
  return { asked, stream, clock, api: deploymentApi(client, { clock, idleMs: 90_000 }) };
}

const watching = () => answering({ [group]: served("v1") });

async function all(events: AsyncIterable<WatchEvent>): Promise<readonly WatchEvent[]> {
  const seen: WatchEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

const line = (type: string, object: Json): string => `${JSON.stringify({ type, object })}\n`;

const unseen = (): void => {};

describe("the version", () => {
  const list = { items: [], metadata: { resourceVersion: "7" } };

  test("is v1 where it is served, even if another is preferred", async () => {
    const path = `${group}/v1/seldondeployments`;
    const { api, asked } = answering({ [group]: served("v1", "v1alpha3"), [path]: list });
    await api.page(undefined, unseen, signal);
    assert.deepEqual(asked, [group, `${path}?limit=500`]);
  });

  test("is else the one that the CRD prefers, and is asked for again with every list", async () => {
    const path = `${group}/v1alpha2/seldondeployments`;
    const { api, asked } = answering({ [group]: served("v1alpha2"), [path]: list });
    await api.page(undefined, unseen, signal);
    await api.page("a+b", unseen, signal);
    await api.page(undefined, unseen, signal);
    await api.get("models", "iris", signal);
    assert.deepEqual(asked, [
      group,
      `${path}?limit=500`,
      `${path}?limit=500&continue=a%2Bb`,
      group,
      `${path}?limit=500`,
      `${group}/v1alpha2/namespaces/models/seldondeployments/iris`,
    ]);
  });

  test("that nobody can read is malformed, like a list that is none", async () => {
    for (const answer of [undefined, {}, { versions: 1 }, "v1"])
      await assert.rejects(answering({ [group]: answer }).api.page(undefined, unseen, signal), {
        reason: "malformed",
      });
    const cut = '{"items":[{"a":1}],"metadata":{"resourceVersion":"7"';
    for (const answer of [undefined, [], { items: [] }, { metadata: { resourceVersion: "7" } }, cut, "{]"]) {
      const { api } = answering({ [group]: served("v1"), [`${group}/v1/seldondeployments`]: answer });
      await assert.rejects(api.page(undefined, unseen, signal), { reason: "malformed" });
    }
  });
});

test("a page hands over its objects one by one, and what follows it", async () => {
  const items = [{ metadata: { name: "a" } }, { metadata: { name: "b" } }];
  const list = { items, metadata: { resourceVersion: "7", continue: "more" } };
  const { api } = answering({ [group]: served("v1"), [`${group}/v1/seldondeployments`]: list });
  const seen: unknown[] = [];
  const { resourceVersion, next } = await api.page(undefined, (raw) => seen.push(raw), signal);
  assert.deepEqual([seen, resourceVersion, next], [items, "7", "more"]);
});

describe("a watch", () => {
  test("asks for bookmarks, and for an end after some minutes", async () => {
    const { api, asked, stream } = watching();
    stream.end();
    assert.deepEqual(await all(api.watch("7", signal)), []);
    assert.match(
      asked.at(-1) ?? "",
      /\/v1\/seldondeployments\?watch=true&allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=450$/,
    );
  });

  test("reads lines however they are cut", async () => {
    const { api, stream } = watching();
    const bytes = Buffer.from(line("ADDED", { name: "ünï→🌸" }) + line("BOOKMARK", {}));
    for (const byte of bytes) stream.write(Buffer.from([byte]));
    stream.end('{"type":"ADDED","obj');
    assert.deepEqual(await all(api.watch("7", signal)), [
      { type: "ADDED", object: { name: "ünï→🌸" } },
      { type: "BOOKMARK", object: {} },
    ]);
  });

  test("fails by what the API server says, or by what nobody can read", async () => {
    const cases: [string, string][] = [
      [line("ERROR", { code: 410, message: "too old" }), "expired"],
      [line("ERROR", { code: 500 }), "server"],
      ["{\n", "malformed"],
      ["null\n", "malformed"],
      [line("INVENTED", {}), "malformed"],
      ['{"type":"ADDED"}\n', "malformed"],
    ];
    for (const [text, reason] of cases) {
      const { api, stream } = watching();
      stream.write(text);
      await assert.rejects(all(api.watch("7", signal)), { reason }, text);
      assert.ok(stream.destroyed, text);
    }
  });

  test("that says nothing for too long is broken off", async () => {
    const { api, stream, clock } = watching();
    const watched = all(api.watch("7", signal));
    watched.catch(() => {});
    await clock.pass(89_000);
    stream.write(line("BOOKMARK", {}));
    await clock.pass(89_000);
    assert.equal(stream.destroyed, false);
    await clock.pass(1000);
    await assert.rejects(watched, { reason: "silent", message: "nothing was heard for 90 s" });
    assert.ok(stream.destroyed);
    assert.deepEqual(clock.waits, []);
  });
});

test("failures are told apart by their code, and wait no longer than a minute for anybody", () => {
  const reasons = [401, 403, 404, 410, 429, 500, 503, Number.NaN].map((code) => failureOf(code, "").reason);
  assert.deepEqual(reasons, [
    "unauthorized",
    "forbidden",
    "missing",
    "expired",
    "throttled",
    "server",
    "server",
    "server",
  ]);
  assert.equal(failureOf(429, "", 3_600_000).retryAfterMs, 60_000);
});
