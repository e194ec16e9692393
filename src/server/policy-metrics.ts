import { Counter, Gauge, type Registry } from "prom-client";
import type { PolicyState } from "./policy-state.ts";

const prefix = "seldon_ambassador_webhook_policy_";

/** Adds what is known of the policy file; read from it whenever the page is. */
export function addPolicyMetrics(registry: Registry, policy: PolicyState): void {
  const registers = [registry];
  new Counter({
    name: `${prefix}reloads_total`,
    help: "Changes of the policy file, by what came of them.",
    labelNames: ["result"],
    registers,
    collect() {
      this.reset();
      for (const [result, count] of Object.entries(policy.reloads)) this.inc({ result }, count);
    },
  });
  new Gauge({
    name: `${prefix}loaded_timestamp_seconds`,
    help: "When the policy in force was read.",
    registers,
    collect() {
      this.set(policy.loadedAtMs / 1000);
    },
  });
  new Gauge({
    name: `${prefix}refused`,
    help: "1 while the policy file cannot be used and an earlier one is in force.",
    registers,
    collect() {
      this.set(Number(policy.problems.length > 0));
    },
  });
  new Gauge({
    name: `${prefix}info`,
    help: "The policy in force: its name and the beginning of its SHA-256.",
    labelNames: ["name", "digest"],
    registers,
    collect() {
      this.reset();
      const { name, digest } = policy.current.index.policy;
      this.set({ name, digest }, 1);
    },
  });
}
