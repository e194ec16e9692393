import { nearest } from "../diagnostics/nearest.ts";
import { limits } from "../limits/catalogue.ts";
import { checkPrefix } from "../policy/types.ts";
import { catalogue } from "../rules/catalogue.ts";
import { retired } from "../rules/retired.ts";
import type { Rule } from "../rules/rule.ts";
import type { RawCheck } from "./raw-policy.ts";

const known: ReadonlyMap<string, Rule["severity"]> = new Map(
  [...catalogue, ...limits].map(({ id, severity }) => [id, severity]),
);

/** The rules that a policy may speak of: those of every policy, and its own checks. */
export class RuleIds {
  readonly #checks: ReadonlyMap<string, Rule["severity"]>;

  constructor(checks: readonly Pick<RawCheck, "name" | "severity">[]) {
    this.#checks = new Map(checks.map(({ name, severity = "error" }) => [`${checkPrefix}${name}`, severity]));
  }

  /** The severity that a rule, limit or check has by itself. */
  severityOf(id: string): Rule["severity"] | undefined {
    return known.get(id) ?? this.#checks.get(id);
  }

  /** What is wrong with the id of a rule; undefined when there is such a rule. */
  problemOf(id: string): string | undefined {
    if (this.severityOf(id) !== undefined) return undefined;
    const last = retired.get(id);
    if (last !== undefined) return `the rule is retired; ${last} was the last release with it`;
    return unknownRule(nearest(id, [...known.keys(), ...this.#checks.keys()]));
  }
}

function unknownRule(meant: string | undefined): string {
  return meant === undefined ? "unknown rule" : `unknown rule; did you mean ${meant}?`;
}
