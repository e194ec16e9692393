import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const folder = "manifests/examples/policies";
const root = join(import.meta.dirname, "..");

const run = (...argv: string[]) =>
  spawnSync(process.execPath, ["dist/main.js", ...argv], { cwd: root, encoding: "utf8", env: {} });

test("the example policies decide as their tests say, and say nothing without a test", () => {
  const { status, stdout, stderr } = run("policy", "test", "--require-tests", "-o", "json", folder);
  assert.equal(status, 0, stdout + stderr);
  const { files, summary } = JSON.parse(stdout);
  const tested = files.map(({ policy }: { policy: string }) => policy).toSorted();
  const policies = readdirSync(join(root, folder)).filter((name) => name.endsWith(".yaml"));
  assert.deepEqual(
    tested,
    policies.map((name) => `${folder}/${name}`),
  );
  assert.equal(summary.passed, summary.cases);
});

test("a test on standard input names files from the current folder", () => {
  const cwd = join(root, folder, "tests");
  const input = readFileSync(join(cwd, "small-team.test.yaml"));
  const main = join(root, "dist/main.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "policy", "test", "-"], {
    cwd,
    input,
    encoding: "utf8",
    env: {},
  });
  assert.deepEqual([status, stderr], [0, ""]);
  assert.match(stdout, /^ok {2}\t<stdin>\t[\d.]+s\nPASS: \d+ cases in 1 file\n$/);
});

for (const name of readdirSync(join(root, folder)).filter((each) => each.endsWith(".yaml")))
  test(`${name} is sound, and begins by saying what it is for`, () => {
    const { status, stdout } = run("policy", "check", `${folder}/${name}`);
    assert.equal(status, 0, stdout);
    assert.match(stdout, new RegExp(`: sound: ${name.replace(".yaml", "")}@`));
  });
