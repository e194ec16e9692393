import type { Outcome, PrintedReport } from "../review/judge.ts";
import { nameOf } from "../review/print-text.ts";

/** A deployment with findings. */
export interface AuditedObject {
  readonly namespace: string;
  readonly name: string;
  /** Where it is written; absent for one of a cluster. */
  readonly place?: { readonly file: string; readonly line: number } | undefined;
  readonly reports: readonly PrintedReport[];
}

/** All that an audit found. */
export interface Audit {
  /** How many deployments were looked at. */
  readonly audited: number;
  /** Those with findings. */
  readonly objects: readonly AuditedObject[];
}

/** A whole configuration is not kept in memory for each finding about it. */
const maxValueLength = 500;

function cut(report: PrintedReport): PrintedReport {
  const { value } = report.finding;
  if (typeof value !== "string" || value.length <= maxValueLength) return report;
  const shorter = `${value.slice(0, maxValueLength - 1).toWellFormed()}…`;
  return { ...report, finding: { ...report.finding, value: shorter } };
}

/** What is kept of a deployment that was judged; nothing where there is nothing to say. */
export const audited = (object: AuditedObject): readonly AuditedObject[] =>
  object.reports.length === 0 ? [] : [{ ...object, reports: object.reports.map(cut) }];

/** The audit of files, by a review that judged them as they stand. */
export const auditOf = (outcomes: readonly Outcome[]): Audit => ({
  audited: outcomes.length,
  objects: outcomes.flatMap((outcome) =>
    audited({
      namespace: outcome.namespace,
      name: nameOf(outcome),
      place: { file: outcome.object.file, line: outcome.object.lineAt([]) },
      reports: outcome.reports,
    }),
  ),
});
