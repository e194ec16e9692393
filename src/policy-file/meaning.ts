import type { FieldPath } from "../diagnostics/field-path.ts";
import type { PolicySeverity } from "../policy/types.ts";
import type { Problem } from "./check.ts";
import { expiryOf } from "./expiry.ts";
import type { RawCheck, RawExemption, RawPolicy, RawRules, RawSelector } from "./raw-policy.ts";
import { defaultsIn, defaultsProblems } from "./read-defaults.ts";
import { limitsProblems } from "./read-limits.ts";
import { operatorProblems } from "./read-operators.ts";
import { isForAll, labelSelectorProblems } from "./read-selector.ts";
import { RuleIds } from "./rule-ids.ts";

const idProblem = (id: string, path: FieldPath, ids: RuleIds): readonly Problem[] => {
  const message = ids.problemOf(id);
  return message === undefined ? [] : [{ path, message }];
};

const strictness: Readonly<Record<PolicySeverity, number>> = { off: 0, warning: 1, error: 2 };

/** The severities that hold for all, of the rules that the entries for all lock. */
function lockedIn(rules: readonly RawRules[], known: RuleIds): ReadonlyMap<string, PolicySeverity> {
  const forAll = rules.filter(isForAll);
  const said = new Map(forAll.flatMap(({ severity = {} }) => Object.entries(severity)));
  const ids = forAll.flatMap(({ locked = [] }) => locked);
  return new Map(ids.map((id) => [id, said.get(id) ?? known.severityOf(id) ?? "off"]));
}

function* relaxations(
  entry: RawRules,
  path: FieldPath,
  locked: ReadonlyMap<string, PolicySeverity>,
): Iterable<Problem> {
  if (isForAll(entry)) return;
  if (entry.locked !== undefined)
    yield { path: [...path, "locked"], message: "rules are locked for all namespaces, in an entry for all" };
  for (const [id, severity] of Object.entries(entry.severity ?? {})) {
    const least = locked.get(id);
    if (least !== undefined && strictness[severity] < strictness[least])
      yield {
        path: [...path, "severity", id],
        message: `the rule is locked: no namespace may have it below ${least}`,
      };
  }
}

function* rulesProblems(rules: readonly RawRules[], known: RuleIds): Iterable<Problem> {
  const locked = lockedIn(rules, known);
  for (const [index, entry] of rules.entries()) {
    const path = ["rules", index];
    for (const id of Object.keys(entry.severity ?? {}))
      yield* idProblem(id, [...path, "severity", id], known);
    for (const [at, id] of (entry.locked ?? []).entries())
      yield* idProblem(id, [...path, "locked", at], known);
    for (const id of Object.keys(entry.messages ?? {}))
      if (id !== "*") yield* idProblem(id, [...path, "messages", id], known);
    yield* relaxations(entry, path, locked);
  }
}

function* exemptionProblems(
  { expires, rules = [], objectSelector }: RawExemption,
  path: FieldPath,
  known: RuleIds,
): Iterable<Problem> {
  if (expires !== undefined && expiryOf(expires) === undefined)
    yield {
      path: [...path, "expires"],
      message: `Invalid value: ${JSON.stringify(expires)}: must be an RFC 3339 date or time, such as 2027-01-31 or 2027-01-31T12:00:00Z`,
    };
  for (const [at, id] of rules.entries()) yield* idProblem(id, [...path, "rules", at], known);
  yield* labelSelectorProblems(objectSelector, [...path, "objectSelector"]);
}

function* nameProblems(checks: readonly RawCheck[]): Iterable<Problem> {
  const seen = new Set<string>();
  for (const [index, { name }] of checks.entries()) {
    if (seen.has(name))
      yield { path: ["checks", index, "name"], message: `Duplicate value: ${JSON.stringify(name)}` };
    seen.add(name);
  }
}

/** What the schema cannot say: ids of rules, dates, values, expressions, what may not be relaxed. */
export function* meaningProblems(raw: RawPolicy): Iterable<Problem> {
  const { defaults = [], rules = [], limits = [], checks = [], exemptions = [], operators = [] } = raw;
  const known = new RuleIds(checks);
  const lists: Readonly<Record<string, readonly RawSelector[]>> = {
    ...{ defaults, rules, limits, checks, exemptions },
  };
  for (const [name, entries] of Object.entries(lists))
    for (const [index, { namespaceSelector }] of entries.entries())
      yield* labelSelectorProblems(namespaceSelector, [name, index, "namespaceSelector"]);
  for (const [index, entry] of defaults.entries())
    yield* defaultsProblems(defaultsIn(entry, ["defaults", index]));
  yield* rulesProblems(rules, known);
  for (const [index, entry] of limits.entries()) yield* limitsProblems(entry, ["limits", index]);
  yield* nameProblems(checks);
  for (const [index, entry] of exemptions.entries())
    yield* exemptionProblems(entry, ["exemptions", index], known);
  yield* operatorProblems(operators);
}
