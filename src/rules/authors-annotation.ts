import { type AnnotationValue, readAnnotation } from "../seldon/annotations.ts";
import { recordedDefaults } from "../seldon/recorded-defaults.ts";
import type { RuleInput } from "./rule.ts";

/** What the operator reads of an annotation; undefined also where a policy wrote it, which is for no author to remove. */
export function authorsAnnotation(
  { deployment, era }: Pick<RuleInput, "deployment" | "era">,
  key: string,
): AnnotationValue | undefined {
  const found = readAnnotation(deployment, key, era);
  const isDefault = found?.place === "metadata" && recordedDefaults(deployment.annotations).has(key);
  return isDefault ? undefined : found;
}
