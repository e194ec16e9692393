import { type Purse, unitsPerObject } from "../checks/program.ts";
import { type Verdict, verdictOf } from "../checks/verdict.ts";
import type { FieldPath } from "../diagnostics/field-path.ts";
import { type Finding, invalid, type Report } from "../diagnostics/finding.ts";
import { valueAt } from "../mapping/carriers.ts";
import type { Check } from "../policy/types.ts";
import { type CheckedObject, CheckVariables } from "./check-variables.ts";

/**
 * What the checks of a policy have against an object, in the order of the file. Of an object of which nothing but its
 * routing fields is known, those are left out that look at more. Throws NamespaceUnknown.
 */
export function checkReports(checks: readonly Check[], checked: CheckedObject): readonly Report[] {
  if (checks.length === 0) return [];
  const variables = new CheckVariables(checked);
  const purse: Purse = { left: unitsPerObject };
  return checks
    .filter((check) => isAnswerable(check, checked))
    .flatMap((check) => {
      const finding = findingOf(check, verdictOn(check, variables, purse), checked);
      if (finding === undefined) return [];
      return [
        {
          rule: check.id,
          severity: finding.severity ?? check.severity,
          finding,
          fix: finding.fix ?? check.fix,
        },
      ];
    });
}

const isAnswerable = ({ reads }: Check, { object }: CheckedObject): boolean =>
  object !== undefined || !(reads.has("object") || reads.has("oldObject"));

function verdictOn({ reads, programs }: Check, variables: CheckVariables, purse: Purse): Verdict {
  const known = variables.of(reads);
  return "values" in known ? verdictOf(programs, known.values, purse) : { kind: "failed", ...known };
}

function findingOf(check: Check, verdict: Verdict, { object }: CheckedObject): Finding | undefined {
  const { path, line, message } = check;
  switch (verdict.kind) {
    case "met":
      return undefined;
    case "violated":
      return invalid(path, scalarAt(object, path), withoutStop(verdict.message ?? message));
    case "failed":
      if (verdict.failure === "unknown")
        return invalid(path, undefined, `nothing can be said: ${verdict.reason}`, {
          severity: "warning",
          fix: "Only the API server can tell.",
        });
      return invalid(path, undefined, `cannot be evaluated: ${verdict.reason}`, {
        fix: `What fails is never let through; ${remedies[verdict.failure]} (line ${line} of the policy).`,
      });
  }
}

const remedies = {
  failed: "the check must ask with has() for what may be missing",
  "too costly": "the check must do with less",
} as const;

/** A map or list would only be told by its kind. */
function scalarAt(object: unknown, path: FieldPath): unknown {
  const value = valueAt(object, path);
  return typeof value === "object" ? undefined : value;
}

/** A finding's message is a clause. */
const withoutStop = (text: string): string => text.replace(/\.+$/, "");
