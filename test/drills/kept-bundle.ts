import { setTimeout as sleep } from "node:timers/promises";
import { componentFolder } from "../support/manifests.ts";
import { configurationsFor, webhookName } from "../support/replicas.ts";
import { run, until } from "../support/seldon-cluster.ts";
import type { Drill } from "./drill.ts";
import { selfManaged } from "./self-managed.ts";
import type { Stage } from "./stage.ts";

const files = ["", "-binding"].map(
  (part) => `-f ${componentFolder("keep-ca-bundle")}/validating-admission-policy${part}.yaml`,
);
const label = "app.kubernetes.io/name";

/** Who takes caBundle away is told not to; empty when nobody was. */
type Attempt = (stage: Stage, dryRun: boolean) => Promise<string>;

const dry = (dryRun: boolean): readonly string[] => (dryRun ? ["--dry-run=server"] : []);

const patches: Attempt = async ({ plane }, dryRun) => {
  const patch = JSON.stringify([{ op: "remove", path: "/webhooks/0/clientConfig/caBundle" }]);
  const args = ["patch", "mutatingwebhookconfiguration", webhookName, "--type=json", "-p", patch];
  return (await plane.kubectl([...args, ...dry(dryRun)])).stderr;
};

/** The label goes with it: it is what the policy finds the configuration by. */
const replaces: Attempt = async ({ plane, balancer }, dryRun) => {
  const input = JSON.stringify(configurationsFor(balancer.port).at(-1));
  return (await plane.kubectl(["replace", "-f", "-", ...dry(dryRun)], { input })).stderr;
};

const isRefused = (complaint: string): boolean => complaint.includes("caBundle is kept by the webhook");

async function refused(stage: Stage, rounds: number): Promise<number> {
  let count = 0;
  for (let round = 0; round < rounds; round++)
    for (const attempt of [patches, replaces]) {
      const complaint = await attempt(stage, false);
      if (!isRefused(complaint)) throw new Error(`nobody refused it: ${complaint}`);
      count++;
      await sleep(500);
    }
  return count;
}

export const bundleKept: Drill = {
  name: "ca-bundle-kept",
  what: "the same with the component keep-ca-bundle, which refuses it",
  cast: (pace) => selfManaged(pace),
  async run(stage, { rounds }) {
    for (const kind of ["mutating", "validating"])
      await run(
        stage.plane,
        `label ${kind}webhookconfiguration ${webhookName} ${label}=${webhookName} --overwrite`,
      );
    await run(stage.plane, `apply ${files.join(" ")}`);
    try {
      // The API server learns of policies a moment late.
      await until("the policy is in force", async () =>
        (await Promise.all([patches(stage, true), replaces(stage, true)])).every(isRefused),
      );
      return { note: `refused ${await refused(stage, rounds)} times` };
    } finally {
      await run(stage.plane, `delete ${files.join(" ")}`);
    }
  },
};
