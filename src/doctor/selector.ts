import type { LabelSelector } from "./kubernetes.ts";

/** Labels of an object. */
export type Labels = Readonly<Record<string, string>>;

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** All that a selector asks for. */
export const requirementsOf = (selector: LabelSelector | undefined): readonly Requirement[] => [
  ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: "In",
    values: [value],
  })),
  ...(selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => ({ key, operator, values })),
];

function isMet({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labels[key];
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    default:
      return value === undefined;
  }
}

/** Whether a selector, which selects everything when it is empty, selects these labels. */
export const selects = (selector: LabelSelector | undefined, labels: Labels): boolean =>
  requirementsOf(selector).every((requirement) => isMet(requirement, labels));

const demands = ({ operator }: Requirement): boolean => operator === "In" || operator === "Exists";

function contradict(a: Requirement, b: Requirement): boolean {
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
