import type { FieldPath } from "../diagnostics/field-path.ts";
import { isMap } from "../mapping/custom.ts";
import type { MappingFields } from "../mapping/types.ts";
import { regexProblem } from "../seldon/header.ts";
import { re2SizeBound } from "../seldon/re2-size.ts";
import { customMappings, type NamedDocument } from "./custom-documents.ts";
import type { RuleInput } from "./rule.ts";

/** A regular expression of a Mapping, which Envoy compiles with RE2. */
export interface Expression {
  readonly path: FieldPath;
  readonly expression: string;
}

/** Fields that are expressions where another one says so. */
const switched = [
  ["prefix", "prefix_regex"],
  ["method", "method_regex"],
  ["host", "host_regex"],
] as const;

const maps = ["regex_headers", "regex_query_parameters"];
const rewrites = ["regex_rewrite", "regex_redirect"];

/** Every expression in the fields of a Mapping. */
export function expressionsIn(fields: MappingFields): readonly Expression[] {
  const candidates: [FieldPath, unknown][] = [];
  for (const [field, isRegex] of switched)
    if (fields[isRegex] === true) candidates.push([[field], fields[field]]);
  for (const field of maps)
    for (const [name, value] of Object.entries(asMap(fields[field]))) candidates.push([[field, name], value]);
  for (const field of rewrites) candidates.push([[field, "pattern"], asMap(fields[field]).pattern]);
  return candidates.flatMap(([path, expression]) =>
    typeof expression === "string" ? [{ path, expression }] : [],
  );
}

/** More are not compiled: it takes a fraction of a millisecond each, and a text may hold ten thousand. */
export const maxExpressions = 500;

/**
 * After so many steps of RE2 in all no more expressions are compiled: it is what Envoy takes of five hundred. A class
 * of Unicode under a repetition takes a tenth of a second, and five hundred of them would keep all callers waiting.
 */
const maxSteps = 100_000;

/** What an expression counts at most, and what one counts that is not valid. */
const invalidSteps = 20_000;

/** An expression of a custom Mapping, and what compiling it showed. */
export interface CompiledExpression extends Expression {
  readonly document: NamedDocument;
  /** Why it is refused; undefined for an expression of RE2. */
  readonly problem: string | undefined;
  /** The steps of its program; Infinity where they are not known. */
  readonly size: number;
}

/**
 * Compiles the expressions of all custom Mappings in their order. The first that is one too many, in number or in
 * work, is refused unseen and the last.
 */
export function* compiledExpressions(input: Pick<RuleInput, "customs">): Iterable<CompiledExpression> {
  const all = customMappings(input).flatMap((document) =>
    expressionsIn(document.fields).map((each) => ({ ...each, document })),
  );
  let steps = 0;
  for (const [index, each] of all.entries()) {
    const excess = excessOf(index, steps);
    const problem = excess ?? regexProblem(each.expression);
    const size = problem === undefined ? re2SizeBound(each.expression) : Number.POSITIVE_INFINITY;
    yield { ...each, problem, size };
    if (excess !== undefined) return;
    steps += Math.min(size, invalidSteps);
  }
}

function excessOf(index: number, steps: number): string | undefined {
  if (index >= maxExpressions) return `is one of more than ${maxExpressions}`;
  return steps >= maxSteps
    ? "is not compiled: those before it are too large, or too many of them are wrong"
    : undefined;
}

const asMap = (value: unknown): MappingFields => (isMap(value) ? value : {});
