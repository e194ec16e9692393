import { oneLine } from "../diagnostics/message.ts";
import type { Palette } from "../review/palette.ts";
import { reportLines } from "../review/print-text.ts";
import { counted } from "../review/summary.ts";
import type { Difference } from "./differences.ts";
import {
  type FileResult,
  isPassed,
  type RunResult,
  summarize,
  type TimedResult,
  untestedLines,
} from "./result.ts";

export interface TextOptions {
  /** Every case, not only those that failed. */
  readonly verbose: boolean;
  /** Nothing about what passed. */
  readonly failOnly: boolean;
  readonly paint: Palette;
}

const time = (seconds: number): string => `${seconds.toFixed(3)}s`;

/** `errors: expected a, found none` */
export const differenceText = ({ field, expected, found }: Difference): string =>
  oneLine(`${field}: expected ${expected}, found ${found}`);

function failureLines({ file }: FileResult, result: TimedResult, paint: Palette): string[] {
  const { line, column } = result.case.place;
  const findings = result.reports.flatMap((report) => reportLines(undefined, report, paint));
  return [
    `    ${oneLine(file)}:${line}:${column}`,
    ...result.differences.map((difference) => `    ${differenceText(difference)}`),
    ...(findings.length === 0 ? [] : ["    found:", ...findings.map((text) => `    ${text}`)]),
  ];
}

function caseLines(file: FileResult, result: TimedResult, { verbose, paint }: TextOptions): string[] {
  const name = oneLine(result.case.name);
  const passed = isPassed(result);
  if (passed && !verbose) return [];
  const verdict = passed ? paint("green", "--- PASS:") : paint("red", "--- FAIL:");
  return [
    ...(verbose ? [`=== RUN   ${name}`] : []),
    `${verdict} ${name} (${time(result.seconds)})`,
    ...(passed ? [] : failureLines(file, result, paint)),
  ];
}

function fileLines(file: FileResult, options: TextOptions): string[] {
  const { paint, failOnly } = options;
  const lines = file.results.flatMap((result) => caseLines(file, result, options));
  const end = `\t${oneLine(file.file)}\t${time(file.seconds)}`;
  if (!file.results.every(isPassed)) return [...lines, `${paint("red", "FAIL")}${end}`];
  return failOnly ? [] : [...lines, `${paint("green", "ok  ")}${end}`];
}

function summaryLine(run: RunResult, paint: Palette): string {
  const { files, cases, failed, unusable, untested } = summarize(run);
  const parts = [
    `${counted(cases, "case")} in ${counted(files, "file")}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unusable > 0 ? [`${counted(unusable, "file")} unusable`] : []),
    ...(untested > 0 ? [`${untested} without a case`] : []),
  ];
  const passed = failed + unusable + untested === 0;
  return `${passed ? paint("green", "PASS") : paint("red", "FAIL")}: ${parts.join(", ")}`;
}

/** In the manner of `go test`: what failed, a line for each file, and how many there were. */
export function textOf(run: RunResult, options: TextOptions): string {
  const { paint, failOnly } = options;
  const missing = run.untested
    .flatMap(untestedLines)
    .map((line) => `${paint("red", "untested:")} ${oneLine(line)}`);
  const lines = [...run.files.flatMap((file) => fileLines(file, options)), ...missing];
  const summary = failOnly && lines.length === 0 ? [] : [summaryLine(run, paint)];
  return [...lines, ...summary].map((line) => `${line}\n`).join("");
}
