import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { hottest } from "./bench/profile.ts";

const bench = fileURLToPath(new URL("bench/bench.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");

const run = (...flags: string[]) =>
  spawnSync(process.execPath, ["--import", tsx, bench, ...flags], { encoding: "utf8" });

test("the benchmark's short form runs, and no call fails in it", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "bench-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const { status, stdout, stderr } = run("--short", "--out", folder);
  assert.equal(status, 0, stderr);
  for (const server of ["bare node https", "express.json", "this webhook, 100 deployments"])
    assert.ok(stdout.includes(`| ${server} |`), stdout);
  // Pepr is not among what a clean checkout installs; then one line says so.
  assert.ok(stdout.includes("| Pepr 1.1.4 |") !== /without Pepr: Pepr 1\.1\.4 is not installed/.test(stderr));
  assert.match(stdout, /\| this webhook, 200 deployments \|/);
  assert.match(
    stdout,
    /\| mutate: rate, against the floor's \| ≥ 0\.5 \| [\d.]+ \| (met|\*\*not met\*\*) \|/,
  );
  assert.match(stdout, /\| resident memory with 50,000 deployments, MB \| ≤ 200 \| {2}\| not measured \|/);
  const { rows, scaling, goals } = JSON.parse(readFileSync(join(folder, "bench.json"), "utf8"));
  for (const row of [...rows, ...scaling.rows])
    assert.ok(
      row.requestsPerSecond > 0 && row.cpuUsPerRequest > 0 && row.failures === 0,
      JSON.stringify(row),
    );
  assert.deepEqual(
    scaling.growth.map(({ deployments }: { deployments: number }) => deployments),
    [0, 200],
  );
  assert.equal(goals.length, 11);
  const svg = readFileSync(join(folder, "bench.svg"), "utf8");
  assert.match(svg, /^<svg .*<\/svg>\n$/s);
  assert.ok(!/NaN|undefined/.test(svg));
});

test("the benchmark names the loads there are when asked for another", () => {
  const { status, stderr } = run("--only", "no such");
  assert.equal(status, 2);
  assert.match(stderr, /no load is called so; there are:\n\/mutate, 3 KB, 10 connections/);
});

test("the benchmark refuses flags that make no sense", () => {
  assert.equal(run("--scaling", "--profile").status, 2);
  assert.equal(run("--rounds", "many").status, 2);
  assert.equal(run("--no-such-flag").status, 2);
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test("Ctrl-C leaves neither the benchmark's key nor a process of it behind", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "bench-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const child = spawn(process.execPath, ["--import", tsx, bench, "--short"], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr.setEncoding("utf8");
  let said = "";
  while (!said.includes("round 1")) said += (await once(child.stderr, "data"))[0];
  const children = `/proc/${child.pid}/task/${child.pid}/children`;
  const pids = readFileSync(children, "utf8").trim().split(" ").map(Number);
  assert.ok(pids.length >= 4 && pids.every(isAlive), `servers: ${pids}`);
  assert.ok(readdirSync(folder).some((name) => name.startsWith("webhook-bench-")));
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  assert.equal(code, 130);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith("webhook-bench-")),
    [],
  );
  // A killed process is there until it has been reaped.
  while (pids.some(isAlive)) await sleep(20);
});

test("the benchmark's profile names functions of the webhook", () => {
  const { status, stdout, stderr } = run("--profile", "--short");
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
