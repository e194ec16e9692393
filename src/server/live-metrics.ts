import { Counter, Gauge, type Registry } from "prom-client";
import type { LiveCluster } from "../cluster/live-cluster.ts";

const prefix = "seldon_ambassador_webhook_cluster_";

/** Adds what is known of a view of a cluster; read from it whenever the page is. */
export function addLiveMetrics(registry: Registry, live: LiveCluster): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      name: `${prefix}${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge("deployments", "SeldonDeployments in the view.", () => live.size);
  gauge("synced", "1 when every SeldonDeployment has been read once.", () => Number(live.synced));
  gauge("age_seconds", "Time since the API server was last heard of.", () => live.ageMs() / 1000);
  new Counter({
    name: `${prefix}restarts_total`,
    help: "Lists and watches that were begun anew, by reason.",
    labelNames: ["reason"],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of live.restarts) this.inc({ reason }, count);
    },
  });
}
