import { oneLine } from "../diagnostics/message.ts";
import type { Palette } from "../review/palette.ts";
import { counted } from "../review/summary.ts";
import type { Diagnosis } from "./catalogue.ts";
import type { Status } from "./verdict.ts";

/** How many verdicts there are of each kind. */
export interface DoctorSummary {
  readonly ok: number;
  readonly warnings: number;
  readonly problems: number;
  readonly skipped: number;
}

/** The document that `doctor -o json` prints. Keys may be added, never renamed or removed. */
export interface JsonDiagnosis {
  readonly findings: readonly {
    readonly check: string;
    readonly status: Status;
    readonly object: string | null;
    readonly message: string;
    readonly fix: string | null;
  }[];
  readonly summary: DoctorSummary;
}

const colours = { ok: "green", warning: "yellow", problem: "red", skipped: "dim" } as const;

const width = Math.max(...Object.keys(colours).map(({ length }) => length));

export function summaryOf(diagnoses: readonly Diagnosis[]): DoctorSummary {
  const count = (wanted: Status): number => diagnoses.filter(({ status }) => status === wanted).length;
  return {
    ok: count("ok"),
    warnings: count("warning"),
    problems: count("problem"),
    skipped: count("skipped"),
  };
}

const linesOf = ({ check, status, object, message, fix }: Diagnosis, paint: Palette): readonly string[] => {
  const place = object === undefined ? "" : `${oneLine(object)}: `;
  return [
    `${paint(colours[status], status.padEnd(width))} ${paint("bold", check)}: ${place}${oneLine(message)}`,
    ...(fix === undefined ? [] : [`${" ".repeat(width)} ${paint("cyan", "fix:")} ${oneLine(fix)}`]),
  ];
};

/** A line for each verdict, with what to do below it, then how many there were. */
export function doctorText(diagnoses: readonly Diagnosis[], paint: Palette): string {
  const { ok, warnings, problems, skipped } = summaryOf(diagnoses);
  const summary = `${counted(problems, "problem")}, ${counted(warnings, "warning")}, ${ok} ok, ${skipped} skipped`;
  return `${[...diagnoses.flatMap((each) => linesOf(each, paint)), "", summary].join("\n")}\n`;
}

/** The same as one JSON document. */
export function doctorJson(diagnoses: readonly Diagnosis[]): string {
  const document: JsonDiagnosis = {
    findings: diagnoses.map(({ check, status, object, message, fix }) => ({
      check,
      status,
      object: object ?? null,
      message,
      fix: fix ?? null,
    })),
    summary: summaryOf(diagnoses),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
