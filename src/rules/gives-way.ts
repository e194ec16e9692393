import { isAttached } from "../mapping/join.ts";
import type { RoutedMapping } from "../routes/effective.ts";
import type { RuleInput } from "./rule.ts";

/**
 * Two have one route: an error for the one that came to it by its own text or by attaching itself. The author of a
 * generated route is never the one to give way.
 */
export const givesWay = (
  mapping: RoutedMapping,
  rival: RoutedMapping,
  input: RuleInput,
): { severity?: "warning" } =>
  mapping.isCustom || (!rival.isCustom && isAttached(input)) ? {} : { severity: "warning" };
