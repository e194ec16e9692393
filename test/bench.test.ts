import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const bench = fileURLToPath(new URL("bench/bench.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");

test("the benchmark's short form runs, and no call fails in it", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "bench-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", tsx, bench, "--short", "--out", folder],
    { encoding: "utf8" },
  );
  assert.equal(status, 0, stderr);
  assert.match(stdout, /\| bare node https \|/);
  assert.match(stdout, /\| this webhook, 100 deployments \|/);
  const { rows } = JSON.parse(readFileSync(join(folder, "bench.json"), "utf8"));
  assert.ok(rows.every(({ requestsPerSecond }: { requestsPerSecond: number }) => requestsPerSecond > 0));
  assert.match(readFileSync(join(folder, "bench.svg"), "utf8"), /^<svg .*<\/svg>\n$/s);
});

test("the benchmark names the loads there are when asked for another", () => {
  const { status, stderr } = spawnSync(process.execPath, ["--import", tsx, bench, "--only", "no such"], {
    encoding: "utf8",
  });
  assert.notEqual(status, 0);
  assert.match(stderr, /no load is called so; there are:\n\/mutate, 3 KB, 1 connections/);
});
