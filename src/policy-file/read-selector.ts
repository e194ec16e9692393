import type { FieldPath } from "../diagnostics/field-path.ts";
import { requirementsOf } from "../policy/labels.ts";
import type { NamespaceSelector, Subjects } from "../policy/types.ts";
import type { Problem } from "./check.ts";
import type { RawLabelSelector, RawSelector, RawSubjects } from "./raw-policy.ts";

export const selectorOf = ({ namespaces, namespaceSelector }: RawSelector): NamespaceSelector => ({
  namespaces,
  labels: namespaceSelector && requirementsOf(namespaceSelector),
});

export const isForAll = ({ namespaces, namespaceSelector }: RawSelector): boolean =>
  namespaces === undefined && namespaceSelector === undefined;

export const subjectsOf = ({ users = [], groups = [], serviceAccounts = [] }: RawSubjects): Subjects => ({
  users,
  groups,
  serviceAccounts,
});

/** What the schema cannot say: In and NotIn take values, the others none. */
export const labelSelectorProblems = (
  raw: RawLabelSelector | undefined,
  path: FieldPath,
): readonly Problem[] =>
  (raw?.matchExpressions ?? []).flatMap(({ operator, values }, index) => {
    const takes = operator === "In" || operator === "NotIn";
    if (takes === (values !== undefined)) return [];
    const at = [...path, "matchExpressions", index, "operator"];
    return [{ path: at, message: takes ? `${operator} takes values` : `${operator} takes no values` }];
  });
