import { matchesLabels, requirementsOf } from "../policy/labels.ts";
import type { LabelRequirement } from "../policy/types.ts";
import type { LabelSelector } from "./kubernetes.ts";

/** Labels of an object. */
export type Labels = Readonly<Record<string, string>>;

/** Whether a selector, which selects everything when it is empty, selects these labels. */
export const selects = (selector: LabelSelector | undefined, labels: Labels): boolean =>
  matchesLabels(requirementsOf(selector), new Map(Object.entries(labels)));

const demands = ({ operator }: LabelRequirement): boolean => operator === "In" || operator === "Exists";

function contradict(a: LabelRequirement, b: LabelRequirement): boolean {
  if (a.key !== b.key) return false;
  if (demands(a) && b.operator === "DoesNotExist") return true;
  if (a.operator !== "In") return false;
  if (b.operator === "In") return !a.values.some((value) => b.values.includes(value));
  return b.operator === "NotIn" && a.values.every((value) => b.values.includes(value));
}

/** Whether no object can be selected by both, as far as single labels tell. */
export function areDisjoint(one: LabelSelector | undefined, other: LabelSelector | undefined): boolean {
  const others = requirementsOf(other);
  return requirementsOf(one).some((a) => others.some((b) => contradict(a, b) || contradict(b, a)));
}

/** Labels that a selector selects, as few as may be; undefined where there is no telling. */
export function labelsFor(selector: LabelSelector | undefined): Labels | undefined {
  const labels = Object.fromEntries(
    requirementsOf(selector)
      .filter(demands)
      .map(({ key, values }) => [key, values[0] ?? "true"]),
  );
  return selects(selector, labels) ? labels : undefined;
}
