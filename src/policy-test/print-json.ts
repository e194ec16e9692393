import { findingOf } from "../review/print-json.ts";
import { isPassed, type RunResult, summarize, type TimedResult } from "./result.ts";

const rounded = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;

const caseOf = (result: TimedResult): object => ({
  name: result.case.name,
  ...result.case.place,
  passed: isPassed(result),
  seconds: rounded(result.seconds),
  differences: result.differences,
  // A finding is in the object of the case, whose lines nobody counts.
  findings: result.reports.map(findingOf).map(({ line: _, ...finding }) => finding),
});

/** The whole run as one JSON document. Keys may be added, never renamed or removed. */
export function jsonOf(run: RunResult): string {
  const document = {
    files: run.files.map(({ file, policyFile, results, seconds }) => ({
      file,
      policy: policyFile,
      seconds: rounded(seconds),
      cases: results.map(caseOf),
    })),
    unusable: run.unusable,
    untested: run.untested,
    summary: summarize(run),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
