import { formatFieldPath } from "../diagnostics/field-path.ts";
import { describe, oneLine } from "../diagnostics/message.ts";
import type { Palette } from "../review/palette.ts";
import { problemLine } from "../review/print-text.ts";
import type { JsonError, JsonNote } from "../route-report/print-json.ts";
import type { Faulty, Served } from "../route-report/served.ts";
import type { LeftOut, RoutedDeployments } from "./routed-deployments.ts";

/** What is said beside the table. */
export interface Notes {
  readonly found: RoutedDeployments;
  readonly served: Served;
  /** Some of the deployments are those of a cluster. */
  readonly isLive: boolean;
}

/** Deployments without routes, and those that would be rejected as they are. */
export const notesOf = ({ found, served }: Notes): readonly JsonNote[] => [
  ...found.leftOut.map(leftOutNote),
  ...served.faulty.map((faulty) => faultyNote(faulty, found)),
];

const leftOutNote = ({ namespace, name, file, line, reason }: LeftOut): JsonNote => ({
  namespace,
  name: name ?? null,
  file: file ?? null,
  line: line ?? null,
  routed: false,
  reason,
});

function faultyNote({ deployment, errors, isRouted }: Faulty, found: RoutedDeployments): JsonNote {
  const [first, ...others] = errors;
  const path = first?.finding.path ?? [];
  const { file = null, line = null } = found.place(deployment, path) ?? {};
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  return {
    namespace: deployment.namespace,
    name: deployment.name ?? null,
    file,
    line,
    routed: isRouted,
    reason: first ? `${formatFieldPath(path)}: ${describe(first)} [${first.rule}]${more}` : "",
  };
}

/** The notes for people, on standard error. */
export function noteLines(notes: Notes, paint: Palette): string {
  const { found, served, isLive } = notes;
  const warn = (text: string): string => `${paint("yellow", "warning:")} ${text}\n`;
  const isEmpty = found.deployments.length + found.leftOut.length + found.problems.length === 0;
  const { length } = served.unwritten;
  return [
    ...found.problems.map((problem) => problemLine(problem, paint)),
    ...found.leftOut.map((left) => noteLine(leftOutNote(left), "is left out", warn)),
    ...served.faulty.map((faulty) => {
      const said = faulty.isRouted ? "is routed as it is written, but would be rejected" : "has no routes";
      return noteLine(faultyNote(faulty, found), said, warn);
    }),
    ...(isEmpty ? [warn("no SeldonDeployment found")] : []),
    ...(found.isPartial ? [warn("only this namespace may be read: routes of others are not known")] : []),
    ...(isLive && length > 0
      ? [warn(`${length} without text of the webhook yet; shown is what their next write makes of them`)]
      : []),
  ].join("");
}

function noteLine(note: JsonNote, said: string, warn: (text: string) => string): string {
  const { namespace, name, file, line, reason } = note;
  const place = file === null ? "" : `${oneLine(file)}:${line}: `;
  return place + warn(oneLine(`${namespace}/${name ?? "(no name)"} ${said}: ${reason}`));
}

export const jsonErrors = ({ problems }: RoutedDeployments): readonly JsonError[] =>
  problems.map(({ file, line, message }) => ({ file, line: line ?? null, message }));
