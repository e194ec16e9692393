import { Gauge, type Registry } from "prom-client";
import { programVersion } from "../config/version.ts";
import type { Check } from "./health.ts";

const prefix = "seldon_ambassador_webhook_";

/** Adds who is running: always 1, to be joined with by its labels. */
export function addBuildInfo(registry: Registry): void {
  new Gauge({
    name: `${prefix}build_info`,
    help: "1, with the versions of the webhook and of the Node.js that runs it.",
    labelNames: ["version", "node_version"],
    registers: [registry],
  }).set({ version: programVersion(), node_version: process.versions.node }, 1);
}

/** Adds what /readyz answers; its checks are asked whenever the page is read. */
export function addReadiness(registry: Registry, checks: readonly Check[]): void {
  new Gauge({
    name: `${prefix}ready`,
    help: "1 for each check of /readyz that passes, 0 for one that fails.",
    labelNames: ["check"],
    registers: [registry],
    collect() {
      for (const check of checks) this.set({ check: check.name }, Number(check.problem() === undefined));
    },
  });
}
