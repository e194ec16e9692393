import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bundles, secretName, servedCertificate, webhookName } from "../support/replicas.ts";
import { run } from "../support/seldon-cluster.ts";
import type { Drill, Pace } from "./drill.ts";
import { FreshConnections } from "./fresh-connections.ts";
import { selfManaged } from "./self-managed.ts";
import type { Stage } from "./stage.ts";

const shim = new URL("shifted-clock.mjs", import.meta.url);
const hourMs = 3_600_000;

/** Forwards past the end of every leaf, back past the beginning of all that was made, and far. */
const shifts = [2 * hourMs, -2 * hourMs, 400 * 24 * hourMs, 0];

const fileIn = (stage: Stage): string => join(stage.folder, "clock-shift");

function cast(pace: Pace, stage: Stage) {
  writeFileSync(fileIn(stage), "0");
  const url = new URL(shim);
  url.searchParams.set("file", fileIn(stage));
  return {
    ...selfManaged(pace, `--tls-leaf-seconds=${pace.leafSeconds}`),
    nodeFlags: ["--import", url.href],
  };
}

/** All replicas at once: none is left whose clock is right. */
function shift(stage: Stage, ms: number): void {
  writeFileSync(fileIn(stage), String(ms));
  for (const { pid } of stage.replicas) process.kill(pid, "SIGUSR2");
}

/** Rejects when one of them would be refused by our clock. */
async function allTrusted({ plane, replicas }: Stage): Promise<void> {
  const [bundle = ""] = await bundles(plane);
  for (const { port } of replicas) await servedCertificate(port, bundle);
}

async function jump(stage: Stage, ms: number, leafSeconds: number): Promise<void> {
  shift(stage, ms);
  await allTrusted(stage);
  // By then each has renewed its leaf by the shifted clock.
  await sleep(leafSeconds * 1000);
  await allTrusted(stage);
  await run(stage.plane, `-n ${webhookName} delete secret ${secretName}`);
  const [old] = stage.replicas;
  // One that has never known another time.
  await stage.start();
  if (old !== undefined) await stage.retire(old);
  await stage.allServe();
  await allTrusted(stage);
}

export const clockJump: Drill = {
  name: "clock-jump",
  what: "the clock of every replica jumps hours ahead, hours back, a year ahead; the CA is made anew by each",
  cast,
  run: (stage, { leafSeconds, rounds }) =>
    FreshConnections.during(stage, async () => {
      const made = shifts.slice(0, rounds > 1 ? shifts.length : 2);
      for (const ms of made) await jump(stage, ms, leafSeconds);
      return {
        note: `by ${made.map((ms) => ms / hourMs).join(", ")} h, each for a leaf's life of ${leafSeconds} s`,
      };
    }),
};
