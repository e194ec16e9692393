import type { Report } from "../diagnostics/finding.ts";
import type { NamespacePolicy } from "./policy-index.ts";

/** Reports as the policy of their namespace wants them. What a rule itself softens stays a warning. */
export function underPolicy(
  reports: readonly Report[],
  policy: NamespacePolicy | undefined,
): readonly Report[] {
  if (policy === undefined || reports.length === 0) return reports;
  return reports.flatMap((report) => {
    const wanted = policy.severity.get(report.rule)?.value;
    if (wanted === "off") return [];
    const severity = wanted === undefined || report.finding.severity !== undefined ? report.severity : wanted;
    const message = (policy.messages.get(report.rule) ?? policy.messages.get("*"))?.value;
    return [{ ...report, severity, fix: message === undefined ? report.fix : `${report.fix} ${message}` }];
  });
}
