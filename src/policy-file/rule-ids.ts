import { nearest } from "../diagnostics/nearest.ts";
import { limits } from "../limits/catalogue.ts";
import { catalogue } from "../rules/catalogue.ts";
import { retired } from "../rules/retired.ts";
import type { Rule } from "../rules/rule.ts";

const known: ReadonlyMap<string, Rule["severity"]> = new Map(
  [...catalogue, ...limits].map(({ id, severity }) => [id, severity]),
);

/** The severity that a rule or limit has by itself. */
export const severityOf = (id: string): Rule["severity"] | undefined => known.get(id);

/** What is wrong with the id of a rule; undefined when there is such a rule. */
export function ruleIdProblem(id: string): string | undefined {
  if (known.has(id)) return undefined;
  const last = retired.get(id);
  if (last !== undefined) return `the rule is retired; ${last} was the last release with it`;
  const meant = nearest(id, [...known.keys()]);
  return meant === undefined ? "unknown rule" : `unknown rule; did you mean ${meant}?`;
}
