import type { FieldPath } from "../diagnostics/field-path.ts";
import { matchesGlob } from "../policy/glob.ts";
import { Requirement } from "../policy/requirement.ts";
import type { Limits, LimitsEntry, Sourced } from "../policy/types.ts";
import { re2SizeBound } from "../seldon/re2-size.ts";
import type { Problem } from "./check.ts";
import type { LineOf } from "./parse.ts";
import type { RawLimits, RawRange, RawRequirement } from "./raw-policy.ts";
import { selectorOf } from "./read-selector.ts";

/** One limit of an entry, and the field that sets it. */
interface RawLimit {
  /** `restTimeout.max` */
  readonly field: string;
  readonly value: unknown;
  readonly path: FieldPath;
}

/** All limits of an entry, in the order of the file. */
function limitsIn({ namespaces: _, namespaceSelector: __, ...sections }: RawLimits): readonly RawLimit[] {
  return Object.entries(sections).flatMap(([section, fields]) =>
    Array.isArray(fields)
      ? [{ field: section, value: requirementsOf(fields), path: [section] }]
      : Object.entries(fields).map(([field, value]) => ({
          field: `${section}.${field}`,
          value,
          path: [section, field],
        })),
  );
}

const requirementsOf = (raw: readonly RawRequirement[]): readonly Requirement[] =>
  raw.map(({ key, pattern }) => new Requirement(key, pattern));

/** An entry as it is worked with. The schema has seen to the fields and their types. */
export function limitsEntry(raw: RawLimits, index: number, lineOf: LineOf): LimitsEntry {
  const sourced = limitsIn(raw).map(({ field, value, path }): [string, Sourced<unknown>] => [
    field,
    { value, line: lineOf("limits", index, ...path) },
  ]);
  return {
    selector: selectorOf(raw),
    line: lineOf("limits", index),
    limits: Object.fromEntries(sourced) as Limits,
  };
}

/** Steps of RE2: values of a thousand characters are matched against it in some milliseconds. */
const maxPatternSize = 2000;

function* rangeProblems({ min, max }: RawRange, path: FieldPath): Iterable<Problem> {
  if (min !== undefined && max !== undefined && min > max)
    yield { path: [...path, "min"], message: `Invalid value: ${min}: is over the max of ${max}` };
}

function* requirementProblems(requirements: readonly RawRequirement[], path: FieldPath): Iterable<Problem> {
  const seen = new Set<string>();
  for (const [index, { key, pattern }] of requirements.entries()) {
    if (seen.has(key)) yield { path: [...path, index, "key"], message: `${key} is required already` };
    seen.add(key);
    if (pattern !== undefined && re2SizeBound(pattern) > maxPatternSize)
      yield {
        path: [...path, index, "pattern"],
        message: `Invalid value: ${JSON.stringify(pattern)}: must be an RE2 expression of at most ${maxPatternSize} steps`,
      };
  }
}

function* idProblems({ ambassadorIds = {} }: RawLimits, path: FieldPath): Iterable<Problem> {
  for (const [at, id] of (ambassadorIds.required ?? []).entries())
    for (const list of ["known", "allowed"] as const)
      if (ambassadorIds[list]?.some((glob) => matchesGlob(glob, id)) === false)
        yield {
          path: [...path, "ambassadorIds", "required", at],
          message: `${id} is not among those ${list}`,
        };
}

/** What the schema cannot say of an entry: what contradicts itself, and expressions that cannot be used. */
export function* limitsProblems(raw: RawLimits, path: FieldPath): Iterable<Problem> {
  yield* idProblems(raw, path);
  for (const field of ["restTimeout", "grpcTimeout", "retries"] as const)
    yield* rangeProblems(raw[field] ?? {}, [...path, field]);
  for (const field of ["requiredLabels", "requiredAnnotations"] as const)
    yield* requirementProblems(raw[field] ?? [], [...path, field]);
}
