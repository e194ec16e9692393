import type { FieldPath } from "../diagnostics/field-path.ts";
import { annotationPath, keys } from "../seldon/annotations.ts";
import { predictorPath } from "./configuration.ts";
import { isMap } from "./custom.ts";

/** The place of one of them in `carriersOf`: what is to go there is found by it. */
export const carrierNumber = ([root, , index]: FieldPath): number => {
  if (root === "metadata") return 0;
  return typeof index === "number" ? 2 + index : 1;
};

/** Every annotation that can carry a text of ours, on a raw object that need not be readable. */
export function carriersOf(object: unknown): readonly FieldPath[] {
  const predictors = valueAt(object, ["spec", "predictors"]);
  const count = Array.isArray(predictors) ? predictors.length : 0;
  return [
    annotationPath("metadata", keys.config),
    annotationPath("spec", keys.config),
    ...Array.from({ length: count }, (_, index) => predictorPath(index)),
  ];
}

/** What stands at a path of a raw object; undefined where the path leads nowhere. */
export function valueAt(root: unknown, path: FieldPath): unknown {
  let value = root;
  for (const part of path) {
    if (Array.isArray(value)) value = value[Number(part)];
    else value = isMap(value) && Object.hasOwn(value, part) ? value[String(part)] : undefined;
  }
  return value;
}
