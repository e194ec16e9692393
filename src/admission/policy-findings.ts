import type { Report } from "../diagnostics/finding.ts";
import { limits } from "../limits/catalogue.ts";
import type { LimitInput } from "../limits/limit.ts";
import { isMap } from "../mapping/custom.ts";
import { labelsIn } from "../policy/labels.ts";
import type { NamespacePolicy } from "../policy/policy-index.ts";
import type { RuleInput } from "../rules/rule.ts";

/** What is judged, and the raw object where it is known: of a live view's deployments it is not. */
export interface PolicyInput extends RuleInput {
  readonly object?: unknown;
}

/**
 * What a namespace's policy itself has against a deployment, in the order in which it is told. None of it needs the
 * cluster, and none of it decides what the injected text is.
 */
export const policyFindings = (input: PolicyInput, policy: NamespacePolicy | undefined): readonly Report[] =>
  policy === undefined ? [] : limitReports(input, policy);

function limitReports(input: PolicyInput, policy: NamespacePolicy): readonly Report[] {
  if (Object.keys(policy.limits).length === 0) return [];
  const { object } = input;
  const labels = isMap(object) ? labelsIn(object.metadata) : undefined;
  const bounded: LimitInput = { ...input, limits: policy.limits, references: policy.references, labels };
  return limits.flatMap(({ id: rule, severity, docs, check }) =>
    [...check(bounded)].map((finding) => ({
      rule,
      severity: finding.severity ?? severity,
      finding,
      fix: finding.fix ?? docs.fix,
    })),
  );
}
