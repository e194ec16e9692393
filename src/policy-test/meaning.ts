import type { FieldPath } from "../diagnostics/field-path.ts";
import type { Problem } from "../policy-file/check.ts";
import { momentOf } from "../policy-file/expiry.ts";
import type { RawCase, RawExpectation, RawSurroundings, RawTest } from "./raw-test.ts";

function* timeProblems({ now }: RawSurroundings, path: FieldPath): Iterable<Problem> {
  if (now !== undefined && momentOf(now) === undefined)
    yield {
      path: [...path, "now"],
      message: `Invalid value: ${JSON.stringify(now)}: must be an RFC 3339 date or time, such as 2027-01-31 or 2027-01-31T12:00:00Z`,
    };
}

function* operationProblems({ operation, oldObject }: RawCase, path: FieldPath): Iterable<Problem> {
  if (operation === "UPDATE" && oldObject === undefined)
    yield { path: [...path, "operation"], message: "an UPDATE has an oldObject" };
  if (operation !== undefined && operation !== "UPDATE" && oldObject !== undefined)
    yield {
      path: [...path, "oldObject"],
      message: `a ${operation} has none: what it is about is in object`,
    };
}

function* expectationProblems(
  { allowed, errors, annotations, patched }: RawExpectation,
  operation: RawCase["operation"],
  path: FieldPath,
): Iterable<Problem> {
  if (allowed && errors !== undefined)
    yield { path: [...path, "errors"], message: "what has errors is not allowed" };
  // Denied for whatever reason, a case would pass for a mistake of its own.
  if (!allowed && errors === undefined)
    yield { path: [...path, "allowed"], message: "say in errors which rules deny it" };
  for (const [field, value] of Object.entries({ annotations, patched }))
    if (value !== undefined && operation === "DELETE")
      yield { path: [...path, field], message: "a DELETE changes nothing" };
}

function* twice(values: readonly string[], path: FieldPath, field?: string): Iterable<Problem> {
  const seen = new Set<string>();
  for (const [index, value] of values.entries()) {
    if (seen.has(value))
      yield {
        path: [...path, index, ...(field === undefined ? [] : [field])],
        message: `${JSON.stringify(value)} stands twice`,
      };
    seen.add(value);
  }
}

/** What the form cannot say: times, what contradicts itself, names and ids that stand twice. */
export function* meaningProblems(raw: RawTest): Iterable<Problem> {
  yield* timeProblems(raw, []);
  yield* twice(
    raw.cases.map(({ name }) => name),
    ["cases"],
    "name",
  );
  for (const [index, each] of raw.cases.entries()) {
    const path = ["cases", index];
    yield* timeProblems(each, path);
    yield* operationProblems(each, path);
    yield* expectationProblems(each.expect, each.operation, [...path, "expect"]);
    for (const field of ["errors", "warnings"] as const)
      yield* twice(each.expect[field] ?? [], [...path, "expect", field]);
  }
}
