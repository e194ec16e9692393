import type { Finding, Report } from "../diagnostics/finding.ts";
import type { Subject } from "../mapping/subject.ts";
import { catalogue } from "../rules/catalogue.ts";
import type { DecodingRule, DeletionRule, InjectionRule, ObjectRule, Rule } from "../rules/rule.ts";

/** Rules, and those of them that have something to say where the author wrote no configuration. */
interface RuleSet<R extends Rule> {
  readonly all: readonly R[];
  readonly plain: readonly R[];
}

const setOf = <R extends Rule>(all: readonly R[]): RuleSet<R> => ({
  all,
  plain: all.filter(({ topic }) => topic !== "custom-config"),
});

/** The rules of a set that may have something to say about a deployment. */
export const rulesFor = <R extends Rule>({ all, plain }: RuleSet<R>, { customs }: Subject): readonly R[] =>
  customs.length === 0 ? plain : all;

export const decodingRules = catalogue.filter((rule): rule is DecodingRule => rule.stage === "decoding");
export const objectRules = setOf(catalogue.filter((rule): rule is ObjectRule => rule.stage === undefined));
export const injectionRules = catalogue.filter((rule): rule is InjectionRule => rule.stage === "injection");
export const deletionRules = catalogue.filter((rule): rule is DeletionRule => rule.stage === "deletion");
/** Rules that look at nothing but the object. */
export const ownRules = setOf(objectRules.all.filter((rule) => rule.reads.length === 0));
export const isOwn: ReadonlySet<string> = new Set(ownRules.all.map(({ id }) => id));

const report = (rule: Rule, finding: Finding): Report => ({
  rule: rule.id,
  severity: finding.severity ?? rule.severity,
  finding,
  fix: finding.fix ?? rule.docs.fix,
});

type Checking<T> = Rule & { check(input: T): Iterable<Finding> };

// A loop: almost every rule finds nothing, and arrays of nothing were a good part of the cost of a call.
/** What these rules report, in their order. */
export function run<T>(rules: readonly Checking<T>[], input: T): readonly Report[] {
  const reports: Report[] = [];
  for (const rule of rules) for (const finding of rule.check(input)) reports.push(report(rule, finding));
  return reports;
}

const order = new Map(catalogue.map(({ id }, index) => [id, index]));

/** Reports in the order of the catalogue. */
export const inOrder = (reports: readonly Report[]): readonly Report[] =>
  reports.toSorted((a, b) => (order.get(a.rule) ?? 0) - (order.get(b.rule) ?? 0));
