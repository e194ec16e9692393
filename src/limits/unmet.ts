import type { FieldPath } from "../diagnostics/field-path.ts";
import { type Finding, invalid, required } from "../diagnostics/finding.ts";
import type { Requirement } from "../policy/requirement.ts";

/** The requirements that a map of labels or annotations does not meet. */
export function* unmet(
  requirements: readonly Requirement[],
  path: FieldPath,
  values: ReadonlyMap<string, string>,
): Iterable<Finding> {
  for (const requirement of requirements) {
    const { key, pattern } = requirement;
    const value = values.get(key);
    if (value === undefined) {
      const form = pattern === undefined ? "" : `, with a value that matches ${pattern}`;
      yield required([...path, key], `the policy requires it${form}`);
      continue;
    }
    const problem = requirement.problemOf(value);
    if (problem !== undefined) yield invalid([...path, key], value, problem);
  }
}
