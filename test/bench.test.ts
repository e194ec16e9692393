import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { hottest } from "./bench/profile.ts";

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

test("the benchmark's profile names functions of the webhook", () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", tsx, bench, "--profile", "--short"],
    { encoding: "utf8" },
  );
  assert.equal(status, 0, stderr);
  for (const path of ["/mutate", "/validate"])
    assert.ok(stdout.includes(`deployments: ${path}, 3 KB`), stdout);
  assert.match(stdout, /\| dist\/admission\/\S+\.js:\d+ \|/);
});

test("a profile counts what ran within the span, and a function that calls itself once", () => {
  const frame = (functionName: string) => ({ functionName, url: "", lineNumber: 0 });
  const profile = {
    nodes: [
      { id: 1, callFrame: frame("(root)"), children: [2, 5] },
      { id: 2, callFrame: frame("walk"), children: [3] },
      { id: 3, callFrame: frame("walk"), children: [4] },
      { id: 4, callFrame: frame("leaf") },
      { id: 5, callFrame: frame("(idle)") },
    ],
    startTime: 1000,
    samples: [2, 3, 4, 5, 4],
    timeDeltas: [10, 20, 30, 40, 50],
  };
  const found = hottest(profile, { from: 1011, until: 1150 });
  assert.deepEqual(found, [
    { name: "leaf", place: "", selfUs: 30, totalUs: 30 },
    { name: "walk", place: "", selfUs: 20, totalUs: 50 },
  ]);
});
