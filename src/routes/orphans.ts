import { haveReader } from "../mapping/custom-groups.ts";
import { groupKey } from "../mapping/group.ts";
import { answers, type RoutedMapping } from "./effective.ts";
import type { Neighbours } from "./neighbours.ts";

/** The others' shadows of a deployment's routes that mirror nothing once it has `left` only. */
export function orphans(before: Neighbours, left: readonly RoutedMapping[]): readonly RoutedMapping[] {
  const answering = (mappings: readonly RoutedMapping[], shadow: RoutedMapping): boolean =>
    mappings.some(
      (mapping) =>
        answers(mapping) &&
        groupKey(mapping.fields) === groupKey(shadow.fields) &&
        haveReader(mapping.fields, shadow.fields),
    );
  return before.own.filter(answers).flatMap((mapping) => {
    const others = before.besides(mapping);
    return others.filter(
      (shadow) => !answers(shadow) && !answering(others, shadow) && !answering(left, shadow),
    );
  });
}
