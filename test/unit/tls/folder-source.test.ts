import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, type TestContext, test } from "node:test";
import { ConfigError } from "../../../src/config/config-error.ts";
import { FolderSource, filesIn, localPairIn } from "../../../src/tls/folder-source.ts";
import { mint, type Pair } from "../../../src/tls/mint.ts";
import type { Renewal } from "../../../src/tls/source.ts";
import { testFolder } from "../../support/program.ts";
import { until } from "../../support/seldon-cluster.ts";

const now = new Date();
let [first, second, expired]: Pair[] = [];
before(async () => {
  [first, second, expired] = await Promise.all([
    mint({ days: 1, now }),
    mint({ days: 2, now }),
    mint({ days: 1, now: new Date(now.getTime() - 3 * 86_400_000) }),
  ]);
});

const put = (dir: string, { ca, cert, key }: Partial<Pair>): void => {
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries({ "ca.crt": ca, "tls.crt": cert, "tls.key": key }))
    if (text !== undefined) writeFileSync(join(dir, name), text);
};

async function opened(t: TestContext, dir: string, load = filesIn(dir)) {
  const told: Renewal[] = [];
  const source = await FolderSource.open({ dir, load, observe: (renewal) => told.push(renewal) });
  t.after(() => source.stop());
  const [check] = source.checks;
  assert.ok(check);
  return { source, told, check };
}

describe("files of others", () => {
  test("are served, and served anew when they change", async (t) => {
    const dir = testFolder(t);
    put(dir, first as Pair);
    const { source, told } = await opened(t, dir);
    const seen: string[] = [];
    source.onChange(({ cert }) => seen.push(cert));
    assert.equal(source.current.cert, first?.cert);
    put(dir, second as Pair);
    await until("the second is served", () => source.current.cert === second?.cert);
    assert.equal(source.current.key, second?.key);
    await until("its CA is known", () => source.current.ca === second?.ca);
    assert.ok(seen.includes(second?.cert ?? ""));
    assert.equal(told.at(-1)?.outcome, "renewed");
    assert.ok((source.expiry().leaf ?? 0) > now.getTime() + 86_400_000);
  });

  test("are found behind the symbolic link that the kubelet swaps", async (t) => {
    const dir = testFolder(t);
    put(join(dir, "..one"), first as Pair);
    symlinkSync("..one", join(dir, "..data"));
    for (const name of ["ca.crt", "tls.crt", "tls.key"]) symlinkSync(`..data/${name}`, join(dir, name));
    const { source } = await opened(t, dir);
    put(join(dir, "..two"), second as Pair);
    symlinkSync("..two", join(dir, "..tmp"));
    renameSync(join(dir, "..tmp"), join(dir, "..data"));
    rmSync(join(dir, "..one"), { recursive: true });
    await until("the second is served", () => source.current.cert === second?.cert);
  });

  test("that do not belong together are told of, and the last good ones stay", async (t) => {
    const dir = testFolder(t);
    put(dir, first as Pair);
    const { source, told, check } = await opened(t, dir);
    put(dir, { cert: second?.cert ?? "" });
    await until("it is told of", () => told.length > 0);
    assert.deepEqual(
      told.map(({ of, outcome }) => [of, outcome]),
      [["leaf", "failed"]],
    );
    assert.match(told[0]?.detail ?? "", /tls\.key does not belong to tls\.crt/);
    assert.equal(source.current.cert, first?.cert);
    assert.equal(check.problem(), undefined, "the certificate that is served is still good");
    assert.match(check.note() ?? "", /^until \S+Z; the folder is of no use: .*does not belong/);
    assert.deepEqual(
      [...source.tally.entries()],
      [{ of: "leaf", reason: "changed", outcome: "failed", count: 1 }],
    );

    put(dir, { key: second?.key ?? "" });
    await until("the pair is whole", () => source.current.cert === second?.cert);
    assert.doesNotMatch(check.note() ?? "", /of no use/);
  });

  test("that are gone, with their folder, are told of; they may come back", async (t) => {
    const dir = join(testFolder(t), "tls");
    put(dir, first as Pair);
    const { source, told } = await opened(t, dir);
    rmSync(dir, { recursive: true });
    await until("it is told of", () => told.some(({ detail }) => /tls\.crt is missing/.test(detail)));
    assert.equal(source.current.cert, first?.cert);
    put(dir, second as Pair);
    await until("the second is served", () => source.current.cert === second?.cert);
  });

  test("that have expired are served, not ready, and told of", async (t) => {
    const dir = testFolder(t);
    put(dir, expired as Pair);
    const { check, told } = await opened(t, dir);
    assert.match(check.problem() ?? "", /^expired on /);
    assert.deepEqual(
      told.map(({ reason, outcome }) => [reason, outcome]),
      [["invalid", "failed"]],
    );
  });

  test("are never made: an empty folder is an error", async (t) => {
    const dir = testFolder(t);
    await assert.rejects(
      opened(t, dir),
      (error) => error instanceof ConfigError && /tls\.crt is missing/.test(error.message),
    );
    put(dir, { cert: first?.cert ?? "", key: second?.key ?? "" });
    await assert.rejects(opened(t, dir), /does not belong/);
    put(dir, {
      cert: `${first?.cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
      key: first?.key ?? "",
    });
    await assert.rejects(opened(t, dir), /the pair cannot be served with/);
  });
});

test("the local pair is made, and made anew when somebody breaks it", async (t) => {
  const dir = join(testFolder(t), "certs");
  const { source, told } = await opened(t, dir, localPairIn(dir));
  const { cert } = source.current;
  assert.deepEqual(
    told.map(({ reason, outcome }) => [reason, outcome]),
    [["missing", "renewed"]],
  );
  rmSync(join(dir, "tls.key"));
  await until("another one is served", () => source.current.cert !== cert);
  assert.equal(told.at(-1)?.detail, "tls.key is missing");
});
