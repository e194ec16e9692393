import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { findBinaries } from "./binaries.ts";
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from "./control-plane.ts";

/** What is tested with a control plane; its subtests are those of `t`. */
export type Body = (t: TestContext, plane: ControlPlane) => Promise<void>;

const timeoutMs = 600_000;
let said = false;

// One line per file, however many control planes it would have had, and nothing that counts as passed.
function leaveOut(reason: string): void {
  if (said) return;
  said = true;
  if (process.env.E2E_REQUIRED === "1") test("end-to-end tests", () => assert.fail(reason));
  else test("end-to-end tests", { skip: `left out: ${reason}` }, () => {});
}

async function run(t: TestContext, body: Body, options: ControlPlaneOptions): Promise<void> {
  const plane = await startControlPlane(options);
  t.after(() => plane.stop());
  let failed = false;
  t.afterEach((subtest) => {
    // Not yet in the types of Node 20, though in every Node that we support.
    if ((subtest as { readonly passed?: boolean }).passed === false) failed = true;
  });
  try {
    await body(t, plane);
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    if (failed) for (const line of plane.logs().split("\n")) t.diagnostic(line);
  }
}

/**
 * A test that has a control plane of its own and shows the end of its logs when it fails. Without the programs it
 * is skipped, and says how to get them; with E2E_REQUIRED=1 it fails instead.
 */
export function withControlPlane(name: string, body: Body, options: ControlPlaneOptions = {}): void {
  const { missing } = findBinaries(process.env);
  if (missing !== undefined) leaveOut(missing);
  else test(name, { timeout: timeoutMs }, (t) => run(t, body, options));
}
