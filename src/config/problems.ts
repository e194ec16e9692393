import type { ErrorObject } from "ajv";
import { formatFieldPath, fromJsonPointer } from "../diagnostics/field-path.ts";
import { formatValue } from "../diagnostics/message.ts";
import { nearest } from "../diagnostics/nearest.ts";
import { settings } from "./setting.ts";

const leafOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1);

/** `unknown setting; did you mean server.port?`, for a path that no setting has. */
export function unknownSetting(path: string): string {
  const paths = settings.map((setting) => setting.path);
  const sections = paths.filter((known) => known.includes(".")).map((known) => known.replace(/\..*/, ""));
  // A right name in the wrong section is the commonest mistake, and far away by the letters.
  const misplaced = paths.find((known) => leafOf(known) === leafOf(path));
  const meant = misplaced ?? nearest(path, [...paths, ...new Set(sections)]);
  return `unknown setting${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}

/** The setting's path, for that of an item of its list: `seldon.namespaces` for `seldon.namespaces[0]`. */
export const withoutIndex = (path: string): string => path.replace(/\[\d+\]$/, "");

/** A value that a source gave, by the path of the configuration: what is wrong with it. */
export interface Problem {
  readonly path: string;
  readonly text: string;
}

function problemOf(error: ErrorObject): Problem {
  if (error.keyword === "additionalProperties") {
    const key = String((error.params as { additionalProperty: string }).additionalProperty);
    const path = formatFieldPath([...fromJsonPointer(error.instancePath), key]);
    return { path, text: unknownSetting(path) };
  }
  const path = formatFieldPath(fromJsonPointer(error.instancePath));
  const form = settings.find((setting) => setting.path === withoutIndex(path))?.form ?? "a map of settings";
  return { path, text: `Invalid value: ${formatValue(error.data)}: must be ${form}` };
}

/** The schema's errors in words, one for each path. */
export function problemsOf(errors: readonly ErrorObject[]): readonly Problem[] {
  const byPath = new Map<string, Problem>();
  for (const problem of errors.map(problemOf))
    if (!byPath.has(problem.path)) byPath.set(problem.path, problem);
  return [...byPath.values()];
}
