import { formatFieldPath } from "../diagnostics/field-path.ts";
import { describe, oneLine } from "../diagnostics/message.ts";
import type { Outcome, PrintedReport } from "./judge.ts";
import type { Palette } from "./palette.ts";
import type { ReadProblem } from "./source.ts";
import { summarize, summaryLine } from "./summary.ts";

/** The name, with an ellipsis where the API server has yet to generate it. */
export function nameOf({ object, name }: Outcome): string {
  const { generateName } = (object.value.metadata ?? {}) as { generateName?: unknown };
  return name ?? (typeof generateName === "string" ? `${generateName}…` : "(no name)");
}

export const titleOf = (outcome: Outcome): string => oneLine(`${outcome.namespace}/${nameOf(outcome)}`);

/** The lines about one finding, which begin with its place where it is about a file. */
export function reportLines(file: string | undefined, report: PrintedReport, paint: Palette): string[] {
  const { severity, rule, finding, fix, line } = report;
  const label = paint(["bold", severity === "error" ? "red" : "yellow"], `${severity}:`);
  const message = oneLine(describe({ ...report, rule: rule ?? "" }));
  const tag = rule === undefined ? "" : ` ${paint("dim", `[${rule}]`)}`;
  const place = file === undefined ? "" : `${oneLine(file)}:${line}: `;
  return [
    `  ${place}${label} ${paint("bold", oneLine(formatFieldPath(finding.path)))}: ${message}${tag}`,
    `    ${paint("cyan", "fix:")} ${oneLine(fix)}`,
  ];
}

function outcomeLines(outcome: Outcome, paint: Palette): string[] {
  if (outcome.reports.length === 0) return [];
  const verdict = outcome.allowed ? paint("green", "accepted") : paint("red", "rejected");
  return [
    `${paint("bold", titleOf(outcome))} ${verdict}`,
    ...outcome.reports.flatMap((report) => reportLines(outcome.object.file, report, paint)),
    "",
  ];
}

/** Every deployment with findings, then how many there were. */
export function textOf(outcomes: readonly Outcome[], paint: Palette): string {
  const lines = outcomes.flatMap((outcome) => outcomeLines(outcome, paint));
  return `${[...lines, summaryLine(summarize(outcomes))].join("\n")}\n`;
}

/** `file:line: error: message` for what could not be read. */
export const problemLine = ({ file, line, message }: ReadProblem, paint: Palette): string =>
  `${oneLine(file)}${line === undefined ? "" : `:${line}`}: ${paint(["bold", "red"], "error:")} ${oneLine(message)}\n`;
