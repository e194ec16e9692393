import { formatFieldPath } from "../diagnostics/field-path.ts";
import { describe } from "../diagnostics/message.ts";
import type { LocatedReport, Outcome } from "./judge.ts";
import type { Palette } from "./palette.ts";
import type { ReadProblem } from "./source.ts";
import { summarize, summaryLine } from "./summary.ts";

// Names and values come from files: nothing of them may move the cursor or begin a line of its own.
const oneLine = (text: string): string => text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");

/** `namespace/name`, with an ellipsis for a name that the API server has yet to generate. */
export function titleOf({ object, namespace, name }: Outcome): string {
  const { generateName } = (object.value.metadata ?? {}) as { generateName?: unknown };
  const shown = name ?? (typeof generateName === "string" ? `${generateName}…` : "(no name)");
  return oneLine(`${namespace}/${shown}`);
}

function reportLines(file: string, report: LocatedReport, paint: Palette): string[] {
  const { severity, rule, finding, fix, line } = report;
  const label = paint(["bold", severity === "error" ? "red" : "yellow"], `${severity}:`);
  const message = oneLine(describe({ ...report, rule: rule ?? "" }));
  const tag = rule === undefined ? "" : ` ${paint("dim", `[${rule}]`)}`;
  return [
    `  ${oneLine(file)}:${line}: ${label} ${paint("bold", oneLine(formatFieldPath(finding.path)))}: ${message}${tag}`,
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
