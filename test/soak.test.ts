import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { soak } from "./soak/run.ts";
import { type Sample, toleratedBytes, verdictOf } from "./soak/verdict.ts";
import { testFolder } from "./support/program.ts";
import { until } from "./support/seldon-cluster.ts";

const program = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

test("under load, with everything around it changing, nothing grows", { timeout: 600_000 }, async (t) => {
  const { problems, calls, policyReloads, renewals, watchesBegunAnew, grownBytes } = await soak({
    seconds: 30,
    callers: 4,
    looks: 12,
    plant: false,
  });
  t.diagnostic(
    `${calls} calls, ${policyReloads} policies, ${renewals} renewals, ${watchesBegunAnew} watches: ${grownBytes} bytes`,
  );
  assert.deepEqual(problems, []);
});

test("a leak would be found", { timeout: 600_000 }, async () => {
  const { problems } = await soak({ seconds: 12, callers: 4, looks: 12, plant: true });
  for (const expected of [/^memory grows: \d+ bytes/, /^handles grow: \d+ /])
    assert.ok(
      problems.some((each) => expected.test(each)),
      problems.join("\n"),
    );
});

describe("the verdict", () => {
  const samples = (figures: (index: number) => Partial<Sample>): readonly Sample[] =>
    Array.from({ length: 24 }, (_, index) => ({
      ...{ at: index * 10, calls: index * 1000, heapUsed: 5e7, external: 3e6, rss: 2e8 },
      ...{ handles: 14, fileDescriptors: 28, ...figures(index) },
    }));
  const problems = (figures: (index: number) => Partial<Sample>) =>
    verdictOf(samples(figures)).problems.length;

  test("growth that ends is warming up, growth that goes on is a leak", () => {
    const step = toleratedBytes / 5;
    assert.equal(
      problems((index) => ({ heapUsed: 5e7 + Math.min(index, 12) * step })),
      0,
    );
    assert.equal(
      problems((index) => ({ heapUsed: 5e7 + index * step })),
      1,
    );
    assert.equal(
      problems((index) => ({ external: 5e7 + index * step })),
      1,
    );
    assert.equal(
      problems((index) => ({ heapUsed: 5e7 - index * step })),
      0,
    );
  });

  test("a few odd values hide nothing and prove nothing", () => {
    const odd = (index: number): number => (index % 5 === 4 ? 2e7 : 0);
    assert.equal(
      problems((index) => ({ heapUsed: 5e7 + odd(index) })),
      0,
    );
    assert.equal(
      problems((index) => ({ heapUsed: 5e7 + odd(index) + index * toleratedBytes })),
      1,
    );
  });

  test("handles and file descriptors count", () => {
    assert.equal(
      problems((index) => ({ handles: 14 + (index % 3), fileDescriptors: 28 + (index % 4) })),
      0,
    );
    assert.equal(
      problems((index) => ({ handles: 14 + index })),
      1,
    );
    assert.equal(
      problems((index) => ({ fileDescriptors: 14 + index })),
      1,
    );
  });
});

test("flags that make no sense end with 2", () => {
  const soaking = (...flags: string[]) =>
    spawnSync(process.execPath, ["--import", "tsx", program("soak/soak.ts"), ...flags], { encoding: "utf8" });
  for (const flags of [["--seconds", "0"], ["--plant=trees"], ["9"]]) {
    const { status, stderr, stdout } = soaking(...flags);
    assert.deepEqual([status, stdout], [2, ""], flags.join(" "));
    assert.notEqual(stderr, "");
  }
  const { status, stdout } = soaking("--help");
  assert.equal(status, 0);
  assert.match(stdout, /^Usage: npm run soak /);
});

for (const [name, path, ...flags] of [
  ["fuzz", "fuzz/fuzz.ts", "--engine=0", "--socket=1000000"],
  ["soak", "soak/soak.ts", "--seconds=600"],
] as const)
  test(`${name} leaves no key and no process behind when it is interrupted`, async (t) => {
    const folder = testFolder(t);
    const child = spawn(process.execPath, ["--import", "tsx", program(path), ...flags], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ["ignore", "ignore", "ignore"],
    });
    const ended = once(child, "exit");
    const found = (): readonly string[] =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith("tls.key"));
    await until(
      "its key is there, and its webhook runs",
      () => found().length > 0 && webhooksIn(folder).length > 0,
    );
    child.kill("SIGINT");
    assert.deepEqual(await ended, [130, null]);
    assert.deepEqual(found(), []);
    await until("its webhook has ended", () => webhooksIn(folder).length === 0);
  });

/** The processes that were told to work in this folder. */
const webhooksIn = (folder: string): readonly string[] =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && commandOf(pid).includes(`--cert-dir=${folder}`);
    } catch {
      // Gone meanwhile.
      return false;
    }
  });

const commandOf = (pid: string): string => readFileSync(join("/proc", pid, "cmdline"), "utf8");
