import type { Report } from "../diagnostics/finding.ts";
import { matchesLabels } from "./labels.ts";
import type { Exemption, Labels, Policy, Subjects } from "./types.ts";

/** The annotation of an object whose author must get past the rules now; its value is the reason. */
export const breakGlassKey = "seldon-ambassador-webhook/break-glass";

/** What an exemption may look at. */
export interface Applicant {
  /** Absent where nobody is writing: exemptions of users do not apply then. */
  readonly user?: { readonly name: string; readonly groups: readonly string[] } | undefined;
  /** Undefined where they are not known: exemptions that look at them do not apply then, whatever they ask for. */
  readonly labels: Labels | undefined;
  /** The value of the break-glass annotation, if there is one. */
  readonly breakGlass: string | undefined;
}

/** An exemption that turned errors into warnings. */
export interface ExemptionUse {
  readonly kind: "exemption" | "break-glass";
  readonly reason: string;
  /** The line of the policy file that grants it. */
  readonly line: number;
  /** The rules that would have denied. */
  readonly rules: readonly string[];
}

const isAmong = ({ users, groups, serviceAccounts }: Subjects, user: Applicant["user"]): boolean =>
  user !== undefined &&
  (users.includes(user.name) ||
    user.groups.some((group) => groups.includes(group)) ||
    serviceAccounts.some((account) => `system:serviceaccount:${account.replace("/", ":")}` === user.name));

function isGranted(exemption: Exemption, { user, labels }: Applicant, nowMs: number): boolean {
  const { subjects, objectLabels, expiresMs } = exemption;
  if (expiresMs !== undefined && nowMs >= expiresMs) return false;
  if (subjects !== undefined && !isAmong(subjects, user)) return false;
  return objectLabels === undefined || (labels !== undefined && matchesLabels(objectLabels, labels));
}

const isError = ({ severity }: Report): boolean => severity === "error";

/** Softens the errors of these rules, all if undefined; undefined when there are none of them. */
function softened(reports: readonly Report[], rules: ReadonlySet<string> | undefined) {
  const isMeant = (report: Report): boolean =>
    isError(report) && (rules === undefined || rules.has(report.rule));
  const denied = [...new Set(reports.filter(isMeant).map(({ rule }) => rule))];
  const soft = reports.map((each) => (isMeant(each) ? { ...each, severity: "warning" as const } : each));
  return denied.length === 0 ? undefined : { denied, soft };
}

/** What is left of the errors, and which exemptions were used for that. */
export interface Exempted {
  readonly reports: readonly Report[];
  readonly uses: readonly ExemptionUse[];
}

/**
 * Turns errors into warnings where the policy exempts: by its exemptions for this namespace in the order of the
 * file, then by a break-glass annotation of somebody it names. Nothing counts as used that changed nothing.
 */
export function exempt(
  reports: readonly Report[],
  exemptions: readonly Exemption[],
  { breakGlass }: Policy,
  { applicant, nowMs }: { readonly applicant: Applicant; readonly nowMs: number },
): Exempted {
  let left = reports;
  const uses: ExemptionUse[] = [];
  const use = (granted: Omit<ExemptionUse, "rules">, rules?: ReadonlySet<string>): void => {
    const { denied, soft } = softened(left, rules) ?? {};
    if (denied === undefined || soft === undefined) return;
    left = soft;
    uses.push({ ...granted, rules: denied });
  };
  if (!reports.some(isError)) return { reports, uses };
  for (const exemption of exemptions.toSorted((a, b) => a.line - b.line))
    if (isGranted(exemption, applicant, nowMs))
      use({ kind: "exemption", reason: exemption.reason, line: exemption.line }, exemption.rules);
  const reason = applicant.breakGlass?.trim() ?? "";
  if (reason !== "" && breakGlass !== undefined && isAmong(breakGlass, applicant.user))
    use({ kind: "break-glass", reason, line: breakGlass.line });
  return { reports: left, uses };
}
