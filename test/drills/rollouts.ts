import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { otherVersion } from "../support/other-version.ts";
import type { Course, Drill } from "./drill.ts";
import type { ReplicaPlan } from "./replica.ts";
import { selfManaged } from "./self-managed.ts";
import type { Stage } from "./stage.ts";

/** As a Deployment with maxSurge 1 and maxUnavailable 0: the new one is sent calls before the old one ends. */
async function rollOut(stage: Stage, other: Partial<ReplicaPlan> = {}): Promise<void> {
  for (const old of [...stage.replicas]) {
    await stage.start(other);
    await stage.retire(old);
  }
}

async function restarts(stage: Stage, rounds: number): Promise<Course> {
  const before = stage.replicas.length;
  for (let round = 0; round < rounds; round++) await rollOut(stage);
  return { note: `${rounds * before} replicas replaced` };
}

export const rollingRestart: Drill = {
  name: "rolling-restart",
  what: "every replica is replaced, the new one ready before the old one is told to end",
  cast: (pace) => selfManaged(pace),
  run: (stage, { rounds }) => restarts(stage, rounds),
};

/** Makes other Mappings than this program, and digests that cannot be compared with its. */
function changedGenerator(stage: Stage): Partial<ReplicaPlan> {
  const root = otherVersion(mkdtempSync(join(stage.folder, "changed-")), [
    { file: "mapping/marker.ts", from: "const format = 1;", to: "const format = 2;" },
    { file: "mapping/documents.ts", from: '"grpc_mapping"', to: '"grpc_route"' },
  ]);
  return { nodeFlags: ["--import", import.meta.resolve("tsx")], entry: join(root, "src/main.ts") };
}

export const rollingUpgrade: Drill = {
  name: "rolling-upgrade",
  what: "every replica is replaced by one whose generator writes other text",
  cast: (pace) => selfManaged(pace),
  async run(stage, { rounds }) {
    const changed = changedGenerator(stage);
    let done = 0;
    for (; done < rounds; done++) await rollOut(stage, done % 2 === 0 ? changed : {});
    return { note: `${done} times, by turns to the other version and back` };
  },
};

/** The kubelet needs a moment to see that a container is gone. */
const noticeMs = 2000;

export const kill: Drill = {
  name: "kill",
  what: "a replica is killed with -9 and started again",
  cast: (pace) => selfManaged(pace),
  async run(stage, { rounds }) {
    let [inFlight, tooLate] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      const [victim] = stage.replicas;
      if (victim === undefined) throw new Error("there is no replica");
      const sent = stage.balancer.sentTo(victim);
      inFlight += stage.balancer.openTo(victim);
      await victim.stop("SIGKILL");
      await sleep(noticeMs);
      tooLate += stage.balancer.sentTo(victim) - sent;
      stage.forget(victim);
      await stage.start();
    }
    const lost = /EOF|connection reset|connection refused|broken pipe|use of closed/;
    return {
      note: `${rounds} killed, with ${inFlight} connections; ${tooLate} more were sent to it before it was taken out`,
      excuse: {
        why: "on the replica that was killed",
        isExcused: ({ message }) => lost.test(message),
        most: inFlight + tooLate,
      },
    };
  },
};
