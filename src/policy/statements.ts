import type { PolicyIndex } from "./policy-index.ts";
import type { Policy } from "./types.ts";

/** One thing that a policy says and that a write can meet. */
export interface Statement {
  readonly kind: "default" | "severity" | "limit" | "check" | "exemption" | "break-glass";
  /** An annotation or one of `timeoutFields`, a rule, the field of a limit, the id of a check, or the reason of an exemption. */
  readonly id: string;
  /** The line of the policy file that says it. */
  readonly line: number;
}

/** The policy without one limit of one entry. */
export const withoutLimit = (policy: Policy, { id, line }: Pick<Statement, "id" | "line">): Policy => ({
  ...policy,
  limits: policy.limits.map((entry) => ({
    ...entry,
    limits: Object.fromEntries(
      Object.entries(entry.limits).filter(([field, said]) => field !== id || said.line !== line),
    ),
  })),
});

/** All that a policy says, in the order of its file. */
export function statementsOf(index: PolicyIndex): readonly Statement[] {
  const { defaults, rules, limits, checks, exemptions, breakGlass } = index.policy;
  const statements: Statement[] = [
    ...defaults.flatMap(({ annotations }) =>
      [...annotations].map(([id, { line }]) => ({ kind: "default" as const, id, line })),
    ),
    ...rules.flatMap(({ severity }) =>
      [...severity].map(([id, { line }]) => ({ kind: "severity" as const, id, line })),
    ),
    ...limits.flatMap((entry) =>
      Object.entries(entry.limits).map(([id, { line }]) => ({ kind: "limit" as const, id, line })),
    ),
    ...checks.map(({ id, line }) => ({ kind: "check" as const, id, line })),
    ...exemptions.map(({ reason, line }) => ({ kind: "exemption" as const, id: reason, line })),
    ...(breakGlass === undefined
      ? []
      : [{ kind: "break-glass" as const, id: "breakGlass", line: breakGlass.line }]),
  ];
  return statements.toSorted((a, b) => a.line - b.line);
}
