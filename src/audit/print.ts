import type { Severity } from "../diagnostics/finding.ts";
import { oneLine } from "../diagnostics/message.ts";
import type { Palette } from "../review/palette.ts";
import { findingOf, type JsonFinding } from "../review/print-json.ts";
import { reportLines } from "../review/print-text.ts";
import type { ReadProblem } from "../review/read.ts";
import { counted } from "../review/summary.ts";
import type { Audit, AuditedObject } from "./audited.ts";

/** Counts over a whole audit. */
export interface AuditSummary {
  readonly audited: number;
  /** Deployments with an error. */
  readonly faulty: number;
  readonly errors: number;
  readonly warnings: number;
}

/** The document that `audit -o json` prints. Keys may be added, never renamed or removed. */
export interface JsonAudit {
  /** Those with findings; file and line are null for those of a cluster. */
  readonly objects: readonly {
    readonly file: string | null;
    readonly line: number | null;
    readonly namespace: string;
    readonly name: string;
    readonly findings: readonly JsonFinding[];
  }[];
  /** What could not be read; the line is null where it concerns the whole file. */
  readonly errors: readonly {
    readonly file: string;
    readonly line: number | null;
    readonly message: string;
  }[];
  readonly summary: AuditSummary;
}

const countOf = ({ reports }: AuditedObject, wanted: Severity): number =>
  reports.filter(({ severity }) => severity === wanted).length;

export function summaryOf({ audited, objects }: Audit): AuditSummary {
  const total = (severity: Severity): number =>
    objects.reduce((sum, object) => sum + countOf(object, severity), 0);
  return {
    audited,
    faulty: objects.filter((object) => countOf(object, "error") > 0).length,
    errors: total("error"),
    warnings: total("warning"),
  };
}

function objectLines(object: AuditedObject, paint: Palette): string[] {
  const verdict = countOf(object, "error") > 0 ? paint("red", "has errors") : paint("yellow", "has warnings");
  return [
    `${paint("bold", oneLine(`${object.namespace}/${object.name}`))} ${verdict}`,
    ...object.reports.flatMap((report) => reportLines(object.place?.file, report, paint)),
    "",
  ];
}

/** Every deployment with findings, then how many there were. */
export function auditText(audit: Audit, paint: Palette): string {
  const { audited, faulty, errors, warnings } = summaryOf(audit);
  const found = `${counted(errors, "error")} in ${counted(faulty, "deployment")}, ${counted(warnings, "warning")}`;
  const lines = audit.objects.flatMap((object) => objectLines(object, paint));
  return `${[...lines, `${counted(audited, "deployment")} audited: ${found}`].join("\n")}\n`;
}

/** The whole audit as one JSON document. */
export function auditJson(audit: Audit, problems: readonly ReadProblem[]): string {
  const document: JsonAudit = {
    objects: audit.objects.map(({ namespace, name, place, reports }) => ({
      file: place?.file ?? null,
      line: place?.line ?? null,
      namespace,
      name,
      findings: reports.map(findingOf),
    })),
    errors: problems.map(({ file, line, message }) => ({ file, line: line ?? null, message })),
    summary: summaryOf(audit),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
