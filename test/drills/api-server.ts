import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../support/seldon-cluster.ts";
import type { Drill } from "./drill.ts";
import { selfManaged } from "./self-managed.ts";

const downMs = 1500;

export const apiServerRestart: Drill = {
  name: "api-server-restart",
  what: "the API server ends and comes back; writes that find none are not admission calls",
  stopsApiServer: true,
  cast: (pace) => selfManaged(pace),
  async run(stage, { rounds }, load) {
    for (let round = 0; round < rounds; round++) {
      await stage.plane.restartApiServer(() => sleep(downMs));
      const judged = load.judged;
      await until("writes are judged again", () => load.judged > judged + 20);
      await stage.allServe();
    }
    return { note: `restarted ${rounds} times` };
  },
};
