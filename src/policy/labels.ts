import type { LabelRequirement, LabelSelector, Labels } from "./types.ts";

/** A namespace's labels are needed and nobody knows them: nothing can be decided. */
export class NamespaceUnknown extends Error {
  override readonly name = "NamespaceUnknown";
  readonly namespace: string;

  constructor(namespace: string) {
    super(`the labels of namespace ${namespace} are not known`);
    this.namespace = namespace;
  }
}

/** The labels of a namespace, asked for only where an entry depends on them. Throws NamespaceUnknown. */
export type LabelsOf = (namespace: string) => Labels;

/** A label selector as objects and policies hold it. */
export interface WrittenSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?:
    | readonly {
        readonly key: string;
        readonly operator: string;
        readonly values?: readonly string[] | undefined;
      }[]
    | undefined;
}

/** All that a selector asks for; nothing where there is none. */
export const requirementsOf = (selector: WrittenSelector | undefined): LabelSelector => [
  ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: "In" as const,
    values: [value],
  })),
  ...(selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => ({
    key,
    // API servers and the policy's schema take no other.
    operator: operator as LabelRequirement["operator"],
    values,
  })),
];

function holds({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = labels.get(key);
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
  }
}

/** Whether labels match a selector, as in Kubernetes: an empty selector matches everything. */
export const matchesLabels = (selector: LabelSelector, labels: Labels): boolean =>
  selector.every((requirement) => holds(requirement, labels));

/** The label that the API server puts on every namespace. */
export const nameLabel = "kubernetes.io/metadata.name";

/** The labels in a raw `metadata`; what is no text is left out. */
export function labelsIn(metadata: unknown): Labels {
  const { labels } = (metadata ?? {}) as { labels?: unknown };
  const entries = typeof labels === "object" && labels !== null ? Object.entries(labels) : [];
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
