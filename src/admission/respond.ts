import type { Report } from "../diagnostics/finding.ts";
import { causeMessage, fieldOf, warningLine } from "../diagnostics/message.ts";
import { isMap } from "../mapping/custom.ts";
import type { ExemptionUse } from "../policy/exemptions.ts";
import type { Decision } from "./engine.ts";
import type { AdmissionRequest, AdmissionReview, PatchOperation, Status, StatusCause } from "./types.ts";

/** One object can break a rule thousands of times; the answer must stay readable. */
const maxCauses = 50;

/** The API server keeps 4,096 characters of warnings, which is 34 lines of 120. */
const maxWarnings = 30;

/** What of it is there tells what was decided. */
interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: boolean;
  warnings?: readonly string[];
  status?: Status;
  auditAnnotations?: Readonly<Record<string, string>>;
}

/** The AdmissionReview that answers `review`, as JSON: same apiVersion, same uid. */
export function respond(review: AdmissionReview, decision: Decision): string {
  const { apiVersion, kind, request } = review;
  const { allowed, patch, reports } = decision;
  const response: AdmissionResponse = { uid: request.uid, allowed };
  const warnings = reports.filter(({ severity }) => severity === "warning");
  if (warnings.length > 0) response.warnings = warningLines(warnings);
  if (!allowed) response.status = denial(request, reports);
  if (decision.policy !== undefined) response.auditAnnotations = auditAnnotations(decision);
  const text = JSON.stringify({ apiVersion, kind, response });
  return patch.length === 0 ? text : withPatch(text, patch);
}

/** The patch goes in base64, as Go reads bytes: nothing in it has to be escaped, so nobody need look for that. */
function withPatch(review: string, patch: readonly PatchOperation[]): string {
  const encoded = Buffer.from(JSON.stringify(patch)).toString("base64");
  return `${review.slice(0, -"}}".length)},"patchType":"JSONPatch","patch":"${encoded}"}}`;
}

/** An audit event is kept for years: it says what was decided and why, not all that there is to say. */
const maxAuditLength = 1000;

/** By which policy, with which findings, by which exemption. The API server puts the webhook's name before each key. */
function auditAnnotations({ policy, reports }: Decision): Readonly<Record<string, string>> {
  const rules = [...new Set(reports.map(({ rule, severity }) => `${rule}=${severity}`))].join(",");
  const exemption = (policy?.exemptions ?? []).map(exemptionText).join("; ");
  const all = { policy: policy?.label ?? "", rules, exemption };
  return Object.fromEntries(
    Object.entries(all)
      .filter(([, value]) => value !== "")
      .map(([key, value]) => [key, value.slice(0, maxAuditLength).toWellFormed()]),
  );
}

const exemptionText = ({ kind, reason, line, rules }: ExemptionUse): string =>
  `${kind} (line ${line}, ${rules.join(",")}): ${reason}`;

function warningLines(warnings: readonly Report[]): readonly string[] {
  const lines = warnings.slice(0, maxWarnings).map(warningLine);
  return warnings.length > maxWarnings ? [...lines, `${warnings.length - maxWarnings} more warnings`] : lines;
}

function denial(request: AdmissionRequest, reports: readonly Report[]): Status {
  const errors = reports.filter(({ severity }) => severity === "error");
  const causes = errors.slice(0, maxCauses).map(toCause);
  const name = nameOf(request);
  const { group, kind } = request.kind;
  const more = errors.length > maxCauses ? `; ${errors.length - maxCauses} more` : "";
  const list = causes.map(({ field, message }) => `${field}: ${message}`).join("; ");
  return {
    apiVersion: "v1",
    kind: "Status",
    status: "Failure",
    code: 422,
    reason: "Invalid",
    message: `${kind}.${group} ${JSON.stringify(name)} is invalid: ${list}${more}`,
    details: { name, group, kind, causes },
  };
}

const toCause = (report: Report): StatusCause => ({
  reason: report.finding.type,
  field: fieldOf(report.finding.path),
  message: causeMessage(report),
});

function nameOf({ name, object }: AdmissionRequest): string {
  const metadata = isMap(object) && isMap(object.metadata) ? object.metadata : {};
  const candidates = [name, metadata.name, metadata.generateName];
  return candidates.find((each): each is string => typeof each === "string" && each !== "") ?? "";
}

/** A Status body for calls that never became a decision (400, 404, 405, 413, 415, 500). */
export const failure = (code: number, reason: string, message: string): Status => ({
  apiVersion: "v1",
  kind: "Status",
  status: "Failure",
  code,
  reason,
  message,
});
