import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { testFiles } from "./test-files.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const without = { PATH: "", KUBEBUILDER_ASSETS: "/nowhere" };
const endToEnd = (files: readonly string[]) => files.filter((file) => file.startsWith("test/e2e/"));

test("without a control plane the end-to-end tests are left out as a whole", () => {
  const { files, leftOut } = testFiles(without);
  assert.deepEqual(endToEnd(files), []);
  assert.ok(files.includes("test/test-files.test.ts") && files.includes("test/server/stop.test.ts"));
  assert.match(
    leftOut ?? "",
    /^The end-to-end tests were left out: no etcd, .* in KUBEBUILDER_ASSETS: .*\.$/,
  );
});

test("where they are required they stay", () => {
  const { files, leftOut } = testFiles({ ...without, E2E_REQUIRED: "1" });
  assert.ok(endToEnd(files).length > 10);
  assert.equal(leftOut, undefined);
});

test("npm test says so in one line", () => {
  const argv = ["--import", "tsx", "test/run.ts", "test/catalogue.test.ts", "test/e2e/writes.test.ts"];
  const own: NodeJS.ProcessEnv = { ...process.env, KUBEBUILDER_ASSETS: "/nowhere" };
  const { NODE_TEST_CONTEXT: _, E2E_REQUIRED: __, ...env } = own;
  const { stdout, stderr, status } = spawnSync(process.execPath, argv, { cwd: root, env, encoding: "utf8" });
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => /left out|end-to-end|e2e/i.test(line));
  assert.equal(status, 0);
  assert.match(lines.join("\n"), /^The end-to-end tests were left out: .*$/);
});

test("a folder stands for its test files", () => {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const run = (...named: string[]) =>
    spawnSync(process.execPath, ["--import", "tsx", "test/run.ts", ...named], {
      cwd: root,
      env,
      encoding: "utf8",
    });
  const { stdout, status } = run("test/unit/diagnostics/");
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^(ℹ|#) pass [1-9]/m);
  assert.equal(run("test/unit/diag").status, 1);
});

test("other releases of Node.js must be named", () => {
  const argv = ["--import", "tsx", "test/node-versions.ts", "test/unit"];
  const { stderr, status } = spawnSync(process.execPath, argv, { cwd: root, encoding: "utf8" });
  assert.equal(status, 2);
  assert.match(stderr, /^Usage: npm run test:node -- MAJOR/);
});
