import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const script = fileURLToPath(new URL("../../measure/view-memory.ts", import.meta.url));

test("a process with 50,000 deployments stays below 200 MB", async () => {
  const argv = ["--import", import.meta.resolve("tsx"), script, "50000"];
  const { stdout } = await promisify(execFile)(process.execPath, argv);
  const { deployments, before, afterEach } = JSON.parse(stdout);
  assert.deepEqual([deployments, afterEach.length], [50_000, 2]);
  for (const after of afterEach) {
    assert.ok(after < 200, stdout);
    assert.ok(after - before < 100, stdout);
  }
});
