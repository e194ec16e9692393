import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Decision } from "../admission/engine.ts";
import type { Operation } from "../admission/types.ts";
import type { PeriodicAudit } from "../audit/periodic.ts";
import type { LiveCluster } from "../cluster/live-cluster.ts";
import type { CertificateSource } from "../tls/source.ts";
import { addAuditMetrics } from "./audit-metrics.ts";
import { addCertificateMetrics } from "./certificate-metrics.ts";
import { addLiveMetrics } from "./live-metrics.ts";

const prefix = "seldon_ambassador_webhook_";

/** What came of asking the API server for one deployment. */
export type LookupResult = "found" | "missing" | "failed";

/** What is counted. No label takes a value from an object: the number of series stays bounded. */
export interface Metrics {
  /** A call began; the function returned is told its status code, or "aborted", when it has ended. */
  began(path: string): (code: string) => void;
  decided(path: string, operation: Operation, decision: Decision): void;
  panicked(): void;
  confirmed(result: LookupResult): void;
  /** The page that Prometheus reads. */
  page(): Promise<string>;
  readonly contentType: string;
}

// From half a millisecond, a small review, to the 10 s that a webhook is given by default.
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

function ownMetrics(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: `${prefix}requests_total`,
      help: "Admission calls by path and HTTP status code.",
      labelNames: ["path", "code"],
      registers,
    }),
    duration: new Histogram({
      name: `${prefix}request_duration_seconds`,
      help: "Time from a call's headers to the end of its answer.",
      labelNames: ["path"],
      buckets,
      registers,
    }),
    inFlight: new Gauge({
      name: `${prefix}requests_in_flight`,
      help: "Admission calls that are not answered yet.",
      labelNames: ["path"],
      registers,
    }),
    decisions: new Counter({
      name: `${prefix}decisions_total`,
      help: "Decisions by path, operation and result.",
      labelNames: ["path", "operation", "allowed"],
      registers,
    }),
    findings: new Counter({
      name: `${prefix}findings_total`,
      help: "Findings by rule and severity.",
      labelNames: ["rule", "severity"],
      registers,
    }),
    lookups: new Counter({
      name: `${prefix}cluster_lookups_total`,
      help: "Deployments that the API server was asked for past the view, by result.",
      labelNames: ["result"],
      registers,
    }),
    panics: new Counter({
      name: `${prefix}panics_total`,
      help: "Calls that failed by a bug of the webhook itself, answered with 500.",
      registers,
    }),
  };
}

/** What else is measured, where there is one. */
export interface Measured {
  readonly live?: LiveCluster | undefined;
  readonly audit?: PeriodicAudit | undefined;
  readonly certificates?: CertificateSource;
}

/** Fresh metrics in a registry of their own, with those of the process and of what is measured beside them. */
export function createMetrics({ live, audit, certificates }: Measured = {}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  if (live !== undefined) addLiveMetrics(registry, live);
  if (audit !== undefined) addAuditMetrics(registry, audit);
  if (certificates !== undefined) addCertificateMetrics(registry, certificates);
  const { requests, duration, inFlight, decisions, findings, lookups, panics } = ownMetrics(registry);
  return {
    began(path) {
      inFlight.inc({ path });
      const stop = duration.startTimer({ path });
      return (code) => {
        stop();
        inFlight.dec({ path });
        requests.inc({ path, code });
      };
    },
    decided(path, operation, { allowed, reports }) {
      decisions.inc({ path, operation, allowed: String(allowed) });
      for (const { rule, severity } of reports) findings.inc({ rule, severity });
    },
    panicked: () => panics.inc(),
    confirmed: (result) => lookups.inc({ result }),
    page: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
