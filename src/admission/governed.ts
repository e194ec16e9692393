import type { Report } from "../diagnostics/finding.ts";
import { type Applicant, exempt } from "../policy/exemptions.ts";
import { policyFor } from "../policy/policy-index.ts";
import { policyLabel } from "../policy/types.ts";
import type { Decision, EngineContext } from "./engine.ts";

/** Errors first; denied exactly when there is one. */
export function decided(reports: readonly Report[]): Decision {
  const errors = reports.filter(({ severity }) => severity === "error");
  const warnings = reports.filter(({ severity }) => severity === "warning");
  return { allowed: errors.length === 0, patch: [], reports: [...errors, ...warnings] };
}

/** The decision on reports that already have the severities of the policy: with its exemptions, if there are any. */
export function governed(
  reports: readonly Report[],
  namespace: string,
  applicant: Applicant,
  { policy }: EngineContext,
): Decision {
  if (policy === undefined) return decided(reports);
  const of = policy.index.policy;
  const exemptions = reports.some(isError) ? policyFor(policy, namespace)?.exemptions : undefined;
  const { reports: left, uses } = exempt(reports, exemptions ?? [], of, { applicant, nowMs: policy.nowMs });
  return { ...decided(left), policy: { label: policyLabel(of), exemptions: uses } };
}

const isError = ({ severity }: Report): boolean => severity === "error";
