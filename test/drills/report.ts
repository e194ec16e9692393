import type { Row } from "./run-drill.ts";

const heads = [
  "drill",
  "admission calls",
  "failed",
  "of those unavoidable",
  "wrong",
  "seconds",
  "target",
] as const;

const cells = (row: Row): readonly string[] => [
  row.drill,
  ...[row.calls, row.failed, row.excused, row.wrong, row.seconds].map(String),
  row.ok ? "met" : "MISSED",
];

/** The table, with what happened and what went wrong below it. */
export function table(rows: readonly Row[]): string {
  const lines = [heads, ...rows.map(cells)];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const text = lines.map((line) =>
    line.map((cell, column) => cell[column === 0 ? "padEnd" : "padStart"](widths[column] ?? 0)).join("  "),
  );
  const notes = rows.map(({ drill, note, excused, why }) =>
    excused === 0 ? `${drill}: ${note}` : `${drill}: ${note}; ${excused} failed: ${why}`,
  );
  const messages = rows.flatMap(({ drill, messages }) => messages.map((each) => `${drill}: ${each}`));
  return [...text, "", ...notes, ...(messages.length === 0 ? [] : ["", ...messages]), ""].join("\n");
}
