import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { startControlPlane } from "../control-plane/control-plane.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";

interface Traces {
  readonly pids: readonly number[];
  readonly kubeconfig: string;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie runs no more; it waits for a parent that may be slow to look.
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, "utf8"));
}

const remains = ({ pids, kubeconfig }: Traces): readonly unknown[] => [
  ...pids.filter(isRunning),
  ...(existsSync(dirname(kubeconfig)) ? [dirname(kubeconfig)] : []),
];

async function assertGone(traces: Traces): Promise<void> {
  for (let attempt = 0; attempt < 100 && remains(traces).length > 0; attempt++) await sleep(100);
  assert.deepEqual(remains(traces), []);
}

const ownerScript = `
import { startControlPlane } from ${JSON.stringify(new URL("../control-plane/control-plane.ts", import.meta.url))};
const { pids, kubeconfig } = await startControlPlane();
console.log(JSON.stringify({ pids, kubeconfig }));
process.stdin.once("data", () => { throw new Error("as a test fails") }).resume();
`;

/** Another process with a control plane of its own. */
async function startOwner(): Promise<{ owner: ChildProcess; traces: Traces }> {
  const owner = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", ownerScript], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const [line] = await once(createInterface(owner.stdout), "line");
  return { owner, traces: JSON.parse(line) };
}

withControlPlane("processes of a control plane", async (t, plane) => {
  await t.test("another runs beside it and stops alone", async () => {
    const other = await startControlPlane();
    const traces = { pids: other.pids, kubeconfig: other.kubeconfig };
    assert.equal(new Set([...plane.pids, ...other.pids]).size, 4);
    await other.stop();
    await other.stop();
    assert.deepEqual(remains(traces), []);
    assert.equal((await plane.kubectl(["get", "namespaces"])).status, 0);
  });

  await t.test("nothing is left of those whose owner throws or is killed", async () => {
    const [failing, killed] = await Promise.all([startOwner(), startOwner()]);
    assert.deepEqual([...failing.traces.pids, ...killed.traces.pids].map(isRunning), Array(4).fill(true));
    failing.owner.stdin?.write("now\n");
    killed.owner.kill("SIGKILL");
    await Promise.all([assertGone(failing.traces), assertGone(killed.traces)]);
  });

  await t.test("the log says why one did not start", async () => {
    const start = startControlPlane({ apiServerArgs: ["--no-such-flag"] });
    await assert.rejects(start, /kube-apiserver ended \(exit code 1\):.*unknown flag: --no-such-flag/s);
  });

  await t.test("stop leaves nothing", async () => {
    const { pids, kubeconfig } = plane;
    await plane.stop();
    assert.deepEqual(remains({ pids, kubeconfig }), []);
  });
});
