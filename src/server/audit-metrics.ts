import { Counter, Gauge, type Registry } from "prom-client";
import type { AuditResult, PeriodicAudit } from "../audit/periodic.ts";

const prefix = "seldon_ambassador_webhook_audit_";

/** Adds what the last audit found; nothing before the first has come to its end. */
export function addAuditMetrics(registry: Registry, audit: PeriodicAudit): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: (result: AuditResult) => number): Gauge =>
    new Gauge({
      name: `${prefix}${name}`,
      help,
      registers,
      collect() {
        this.reset();
        if (audit.latest === undefined) this.remove();
        else this.set(read(audit.latest));
      },
    });
  gauge("timestamp_seconds", "When the last audit ended.", ({ endedAt }) => endedAt / 1000);
  gauge(
    "duration_seconds",
    "Time that the last audit took, calls in between included.",
    ({ ms }) => ms / 1000,
  );
  gauge("deployments", "SeldonDeployments that the last audit judged.", ({ deployments }) => deployments);
  new Counter({
    name: `${prefix}runs_total`,
    help: 'Audits by how they ended: "abandoned" where the view could not be relied on, "failed" by a bug.',
    labelNames: ["result"],
    registers,
    collect() {
      this.reset();
      for (const [result, count] of audit.runs) this.inc({ result }, count);
    },
  });
  if (audit.events !== undefined) addEventMetrics(registers, audit.events);
  new Gauge({
    name: `${prefix}findings`,
    help: "Findings of the last audit about deployments as they are stored, by rule and severity.",
    labelNames: ["rule", "severity"],
    registers,
    collect() {
      this.reset();
      for (const { rule, severity, count } of audit.latest?.counts ?? []) this.set({ rule, severity }, count);
    },
  });
}

function addEventMetrics(registers: Registry[], events: NonNullable<PeriodicAudit["events"]>): void {
  new Counter({
    name: `${prefix}events_total`,
    help: 'Events about findings; "existing": another replica wrote it first, "postponed": to a later audit.',
    labelNames: ["result"],
    registers,
    collect() {
      this.reset();
      for (const [result, count] of events) this.inc({ result }, count);
    },
  });
}
