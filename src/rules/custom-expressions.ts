import type { FieldPath } from "../diagnostics/field-path.ts";
import { isMap } from "../mapping/custom.ts";
import type { MappingFields } from "../mapping/types.ts";
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

/** The expressions of all custom Mappings, one more at most than are compiled. */
export function customExpressions(
  input: Pick<RuleInput, "customs">,
): readonly (Expression & { readonly document: NamedDocument })[] {
  const found = customMappings(input).flatMap((document) =>
    expressionsIn(document.fields).map((each) => ({ ...each, document })),
  );
  return found.slice(0, maxExpressions + 1);
}

const asMap = (value: unknown): MappingFields => (isMap(value) ? value : {});
