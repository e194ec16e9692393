import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Decision } from "../admission/engine.ts";
import type { Operation } from "../admission/types.ts";
import type { PeriodicAudit } from "../audit/periodic.ts";
import type { LiveCluster } from "../cluster/live-cluster.ts";
import type { Reconciliation } from "../reconcile/reconcile.ts";
import type { CertificateSource } from "../tls/source.ts";
import { addAuditMetrics } from "./audit-metrics.ts";
import { addCertificateMetrics } from "./certificate-metrics.ts";
import { addClientMetrics } from "./client-metrics.ts";
import { type ClientFault, type Clients, clientFaults } from "./clients.ts";
import type { Check } from "./health.ts";
import { addLiveMetrics } from "./live-metrics.ts";
import { addPolicyMetrics } from "./policy-metrics.ts";
import type { PolicyState } from "./policy-state.ts";
import { addReconcileMetrics } from "./reconcile-metrics.ts";
import { addBuildInfo, addReadiness } from "./state-metrics.ts";

const prefix = "seldon_ambassador_webhook_";

/** Where admission calls go; a call that goes anywhere else, health and metrics apart, is "other". */
export const admissionPaths = ["/mutate", "/validate"] as const;

/** Why a connection ended without a call that could be answered by the application. */
export const brokenReasons = ["untrusted", "tls", "malformed", "headers", "timeout"] as const;

export type BrokenReason = (typeof brokenReasons)[number];

/** What came of asking the API server for one deployment. */
export type LookupResult = "found" | "missing" | "failed";

/** What is counted. No label takes a value from an object: the number of series stays bounded. */
export interface Metrics {
  /** A call began; the function returned is told its status code, or "aborted", when it has ended. */
  began(path: string): (code: string) => void;
  decided(path: string, operation: Operation, decision: Decision): void;
  panicked(): void;
  confirmed(result: LookupResult): void;
  broken(reason: BrokenReason): void;
  /** A call was refused for its client certificate. */
  clientRefused(fault: ClientFault): void;
  /** An idle connection was ended to make room. */
  evicted(): void;
  /** The page that Prometheus reads. */
  page(): Promise<string>;
  readonly contentType: string;
  /** All of them, for the documentation. */
  readonly registry: Registry;
}

/** What is measured from outside, whenever the page is read. */
export interface MetricSources {
  readonly checks?: readonly Check[] | undefined;
  readonly live?: LiveCluster | undefined;
  readonly audit?: PeriodicAudit | undefined;
  readonly reconciliation?: Reconciliation | undefined;
  readonly certificates?: CertificateSource | undefined;
  readonly policy?: PolicyState | undefined;
  readonly clients?: Clients | undefined;
}

// From half a millisecond, a small review, to the 10 s that a webhook is given by default.
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const callMetrics = (registers: Registry[]) => ({
  requests: new Counter({
    name: `${prefix}requests_total`,
    help: 'Admission calls by path and HTTP status code; "aborted" where the caller hung up before its answer.',
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
  broken: new Counter({
    name: `${prefix}broken_connections_total`,
    help: 'Connections without a readable call; "untrusted": the caller does not trust our certificate.',
    labelNames: ["reason"],
    registers,
  }),
  clients: new Counter({
    name: `${prefix}clients_refused_total`,
    help: "Calls refused for their client certificate, by what was wrong with it; see --client-ca-file.",
    labelNames: ["reason"],
    registers,
  }),
  evicted: new Counter({
    name: `${prefix}evicted_connections_total`,
    help: "Connections that were ended because a port held too many, the idle ones first.",
    registers,
  }),
});

const decisionMetrics = (registers: Registry[]) => ({
  decisions: new Counter({
    name: `${prefix}decisions_total`,
    help: "Decisions by path, operation and result, dry runs included.",
    labelNames: ["path", "operation", "allowed"],
    registers,
  }),
  findings: new Counter({
    name: `${prefix}findings_total`,
    help: 'Findings of /validate by rule, severity and operation; those of severity "error" deny.',
    labelNames: ["rule", "severity", "operation"],
    registers,
  }),
  exemptions: new Counter({
    name: `${prefix}exemptions_total`,
    help: "Decisions in which an exemption of the policy turned errors into warnings, by kind.",
    labelNames: ["kind"],
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
});

type OwnMetrics = ReturnType<typeof callMetrics> & ReturnType<typeof decisionMetrics>;

/** A series that is not there before it first counts hides that first time from Prometheus' rate and increase. */
function beginAtZero({ requests, inFlight, broken, decisions, clients }: OwnMetrics): void {
  for (const path of admissionPaths) {
    for (const code of ["200", "500"]) requests.inc({ path, code }, 0);
    inFlight.set({ path }, 0);
  }
  for (const reason of brokenReasons) broken.inc({ reason }, 0);
  for (const reason of clientFaults) clients.inc({ reason }, 0);
  for (const operation of ["CREATE", "UPDATE", "DELETE"])
    for (const allowed of ["true", "false"]) decisions.inc({ path: "/validate", operation, allowed }, 0);
}

/** Fresh metrics in a registry of their own, with those of the process and of the sources beside them. */
export function createMetrics(sources: MetricSources = {}): Metrics {
  const { checks = [], live, audit, reconciliation, certificates, policy, clients } = sources;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addBuildInfo(registry);
  addReadiness(registry, checks);
  if (live !== undefined) addLiveMetrics(registry, live);
  if (audit !== undefined) addAuditMetrics(registry, audit);
  if (certificates !== undefined) addCertificateMetrics(registry, certificates);
  if (reconciliation !== undefined) addReconcileMetrics(registry, reconciliation);
  if (policy !== undefined) addPolicyMetrics(registry, policy);
  if (clients !== undefined) addClientMetrics(registry, clients);
  const own = { ...callMetrics([registry]), ...decisionMetrics([registry]) };
  beginAtZero(own);
  return {
    ...counting(own),
    page: () => registry.metrics(),
    contentType: registry.contentType,
    registry,
  };
}

const counting = ({ requests, duration, inFlight, broken, decisions, ...own }: OwnMetrics) => ({
  began(path: string) {
    inFlight.inc({ path });
    const stop = duration.startTimer({ path });
    return (code: string): void => {
      stop();
      inFlight.dec({ path });
      requests.inc({ path, code });
    };
  },
  decided(path: string, operation: Operation, { allowed, reports, policy }: Decision): void {
    for (const { kind } of policy?.exemptions ?? []) own.exemptions.inc({ kind });
    decisions.inc({ path, operation, allowed: String(allowed) });
    for (const { rule, severity } of reports) own.findings.inc({ rule, severity, operation });
  },
  panicked: () => own.panics.inc(),
  confirmed: (result: LookupResult) => own.lookups.inc({ result }),
  broken: (reason: BrokenReason) => broken.inc({ reason }),
  clientRefused: (reason: ClientFault) => own.clients.inc({ reason }),
  evicted: () => own.evicted.inc(),
});
