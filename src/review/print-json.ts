import type { PatchOperation } from "../admission/types.ts";
import { formatFieldPath } from "../diagnostics/field-path.ts";
import type { CauseType, Severity } from "../diagnostics/finding.ts";
import type { Outcome, PrintedReport } from "./judge.ts";
import type { ReadProblem } from "./source.ts";
import { type Summary, summarize } from "./summary.ts";

/** One finding in the output of `review -o json`. */
export interface JsonFinding {
  readonly severity: Severity;
  /** Null where the input as a whole is at fault: a name twice, a namespace other than the one asked for. */
  readonly rule: string | null;
  readonly type: CauseType;
  /** As the API server writes it: `spec.predictors[1].traffic`. */
  readonly field: string;
  /** Null where the field is missing. */
  readonly value: unknown;
  readonly message: string;
  readonly fix: string;
  /** Of the field or, where it is missing, of its nearest ancestor; null only where there is no file. */
  readonly line: number | null;
}

/** One deployment in the output of `review -o json`. */
export interface JsonObject {
  readonly file: string;
  readonly line: number;
  readonly namespace: string;
  /** Null while `generateName` has not been resolved. */
  readonly name: string | null;
  readonly allowed: boolean;
  readonly findings: readonly JsonFinding[];
  /** RFC 6902, from the object as written to the object as the webhook would store it. */
  readonly patch: readonly PatchOperation[];
}

/** The document that `review -o json` prints. Keys may be added, never renamed or removed. */
export interface JsonReview {
  readonly objects: readonly JsonObject[];
  /** What could not be read; the line is null where it concerns the whole file. */
  readonly errors: readonly {
    readonly file: string;
    readonly line: number | null;
    readonly message: string;
  }[];
  readonly summary: Summary;
}

/** One finding in JSON. */
export const findingOf = ({ severity, rule, finding, fix, line }: PrintedReport): JsonFinding => ({
  severity,
  rule: rule ?? null,
  type: finding.type,
  field: formatFieldPath(finding.path),
  value: finding.value ?? null,
  message: finding.message,
  fix,
  line: line ?? null,
});

/** The whole review as one JSON document. */
export function jsonOf(outcomes: readonly Outcome[], problems: readonly ReadProblem[]): string {
  const review: JsonReview = {
    objects: outcomes.map(({ object, namespace, name, allowed, reports, patch }) => ({
      file: object.file,
      line: object.lineAt([]),
      namespace,
      name: name ?? null,
      allowed,
      findings: reports.map(findingOf),
      patch,
    })),
    errors: problems.map(({ file, line, message }) => ({ file, line: line ?? null, message })),
    summary: summarize(outcomes),
  };
  return `${JSON.stringify(review, null, 2)}\n`;
}
