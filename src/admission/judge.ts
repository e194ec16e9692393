import type { Finding, Report } from "../diagnostics/finding.ts";
import { type Injection, injectedTexts } from "../mapping/injection.ts";
import { type Subject, subjectOf } from "../mapping/subject.ts";
import { catalogue } from "../rules/catalogue.ts";
import type { DecodingRule, InjectionRule, ObjectRule, Rule, RuleInput } from "../rules/rule.ts";
import { decodeDeployment } from "../seldon/decode.ts";
import type { EngineContext } from "./engine.ts";
import { isLeaving } from "./scope.ts";

const decodingRules = catalogue.filter((rule): rule is DecodingRule => rule.stage === "decoding");
const objectRules = catalogue.filter((rule): rule is ObjectRule => rule.stage === undefined);
const injectionRules = catalogue.filter((rule): rule is InjectionRule => rule.stage === "injection");
/** Rules that look at nothing but the object. */
const ownRules = objectRules.filter((rule) => rule.reads.length === 0);

export type Circumstances = Pick<RuleInput, "operation" | "dryRun" | "previous" | "written">;

export interface Judgement {
  readonly reports: readonly Report[];
  /** Absent when the object could not be read. */
  readonly subject?: Subject;
}

const report = (rule: Rule, finding: Finding): Report => ({
  rule: rule.id,
  severity: finding.severity ?? rule.severity,
  finding,
  fix: finding.fix ?? rule.docs.fix,
});

const isError = ({ severity }: Report): boolean => severity === "error";

/** Judges one raw object by every rule. */
export function judge(
  raw: unknown,
  namespace: string,
  circumstances: Circumstances,
  context: EngineContext,
): Judgement {
  // An object on its way out binds nobody: a rule in its way would keep its finalizers from being removed.
  if (isLeaving(raw)) return { reports: [] };
  const { deployment, findings } = decodeDeployment(raw, namespace);
  if (findings)
    return {
      reports: decodingRules.flatMap((rule) => [...rule.check(findings)].map((found) => report(rule, found))),
    };
  const subject = subjectOf(deployment, context.settings);
  const input: RuleInput = { ...subject, ...context, ...circumstances };
  const reports = run(objectRules, input);
  if (reports.some(isError)) return { reports, subject };
  const injection = planned(subject, context, reports);
  const last = injectionRules.flatMap((rule) =>
    [...rule.check({ ...input, injection })].map((finding) => report(rule, finding)),
  );
  return { reports: inOrder([...reports, ...last]), subject };
}

/** What is to stand on the carrier of this deployment. */
export function planInjection(subject: Subject, context: EngineContext): Injection {
  const input: RuleInput = { ...subject, ...context, operation: "UPDATE", dryRun: false };
  return planned(subject, context, run(ownRules, input));
}

/**
 * A deployment with mistakes of its own gets no text: its routes cannot be what the author meant. Missing
 * references do not count here, because the target may be on its way.
 */
function planned(subject: Subject, context: EngineContext, reports: readonly Report[]): Injection {
  if (subject.configuration.custom) return { absent: "custom-config" };
  if (subject.routing.problems.length > 0 || reports.some(isError)) return { absent: "rejected" };
  return injectedTexts(subject, context);
}

const run = (rules: readonly ObjectRule[], input: RuleInput): readonly Report[] =>
  rules.flatMap((rule) => [...rule.check(input)].map((finding) => report(rule, finding)));

const order = new Map(catalogue.map(({ id }, index) => [id, index]));

const inOrder = (reports: readonly Report[]): readonly Report[] =>
  reports.toSorted((a, b) => (order.get(a.rule) ?? 0) - (order.get(b.rule) ?? 0));
