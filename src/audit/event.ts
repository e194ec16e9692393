import { createHash } from "node:crypto";
import type { KubernetesEvent } from "../cluster/event-calls.ts";
import type { ProjectedDeployment } from "../cluster/projection.ts";
import type { Report } from "../diagnostics/finding.ts";
import { warningLine } from "../diagnostics/message.ts";

/** Who says it, and when. */
export interface Reporter {
  /** The pod, or whatever tells this process from the others. */
  readonly instance: string;
  readonly now: Date;
}

const controller = "seldon-ambassador-webhook";

// https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/events.go
const mostNoteBytes = 1024;
const mostInstanceLength = 128;
const mostNameLength = 253;

/**
 * The name of the event about these findings of this object: the same in every replica, and another one as soon as
 * the findings change or the object is made anew. Like client-go's, it begins with the object's name.
 */
export function eventName({ name, uid }: ProjectedDeployment, reports: readonly Report[]): string {
  const lines = reports.map((report) => `${report.severity} ${warningLine(report)}`).toSorted();
  const digest = createHash("sha256")
    .update(JSON.stringify([uid, lines]))
    .digest("hex")
    .slice(0, 16);
  return `${name.slice(0, mostNameLength - digest.length - 1).replace(/[.-]+$/, "")}.${digest}`;
}

/** The event about the findings of a deployment; `kubectl describe` shows it under the object. */
export function eventOf(
  deployment: ProjectedDeployment,
  reports: readonly Report[],
  { instance, now }: Reporter,
): KubernetesEvent {
  const { apiVersion, namespace, name, uid, resourceVersion } = deployment;
  const isFaulty = reports.some(({ severity }) => severity === "error");
  return {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: { namespace, name: eventName(deployment, reports) },
    // Kubernetes' MicroTime.
    eventTime: now.toISOString().replace("Z", "000Z"),
    type: "Warning",
    reason: isFaulty ? "AuditErrors" : "AuditWarnings",
    action: "Audit",
    note: noteOf(reports),
    reportingController: controller,
    reportingInstance: instance.slice(0, mostInstanceLength),
    regarding: { apiVersion, kind: "SeldonDeployment", namespace, name, uid, resourceVersion },
  };
}

/** The findings, errors first, as many as fit. */
function noteOf(reports: readonly Report[]): string {
  const errors = reports.filter(({ severity }) => severity === "error");
  const warnings = reports.filter(({ severity }) => severity === "warning");
  const lines = [...errors, ...warnings].map((report) => `${report.severity}: ${warningLine(report)}`);
  for (let shown = lines.length; shown > 0; shown--) {
    const left = lines.length - shown;
    const parts = [...lines.slice(0, shown), ...(left === 0 ? [] : [`${left} more`])];
    const note = parts.join("; ");
    if (Buffer.byteLength(note) <= mostNoteBytes) return note;
  }
  return `${lines.length} findings`;
}
