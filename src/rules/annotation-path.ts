import type { FieldPath } from "../diagnostics/field-path.ts";
import { keys, readAnnotation } from "../seldon/annotations.ts";
import type { RuleInput } from "./rule.ts";

/** Where the first of these annotations that is set stands. */
export function annotationOf(
  { deployment, era }: Pick<RuleInput, "deployment" | "era">,
  ...names: readonly (keyof typeof keys)[]
): FieldPath | undefined {
  for (const name of names) {
    const found = readAnnotation(deployment, keys[name], era);
    if (found?.value) return found.path;
  }
  return undefined;
}
