import { Counter, Gauge, type Registry } from "prom-client";
import type { Reconciliation } from "../reconcile/reconcile.ts";

const prefix = "seldon_ambassador_webhook_reconcile_";

/** Adds what becomes of texts that a change of another deployment left out of date. */
export function addReconcileMetrics(registry: Registry, reconciliation: Reconciliation): void {
  const registers = [registry];
  new Gauge({
    name: `${prefix}queue_length`,
    help: "SeldonDeployments whose text may be out of date and has not been looked at yet.",
    registers,
    collect() {
      this.set(reconciliation.queueLength);
    },
  });
  new Counter({
    name: `${prefix}results_total`,
    help: "Attempts to have an outdated text rewritten, by outcome.",
    labelNames: ["outcome"],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of reconciliation.results) this.inc({ outcome }, count);
    },
  });
  new Counter({
    name: `${prefix}given_up_total`,
    help: "SeldonDeployments left alone with an outdated text until they or their target change.",
    registers,
    collect() {
      this.reset();
      this.inc(reconciliation.givenUp);
    },
  });
}
