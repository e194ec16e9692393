import { type ConfigSource, lookUp } from "../config/source.ts";
import type { OperatorPolicy } from "../policy/types.ts";
import type { Problem } from "./check.ts";
import type { ParsedPolicy } from "./parse.ts";
import type { RawOperator } from "./raw-policy.ts";
import { policySettings } from "./schema.ts";

/** Reads the operators, each setting with its line. */
export const operatorsOf = (
  operators: readonly RawOperator[],
  { placeOf }: Pick<ParsedPolicy, "placeOf">,
): readonly OperatorPolicy[] =>
  operators.map((raw, index) => ({
    controllerId: raw.controllerId,
    namespaces: raw.namespaces,
    line: placeOf(["operators", index]).line,
    settings: new Map(
      policySettings.flatMap(({ path }) => {
        const value = lookUp(raw, path);
        const place = ["operators", index, ...path.split(".")];
        return value === undefined ? [] : [[path, { value, line: placeOf(place).line }]];
      }),
    ),
  }));

/** What the configuration is made of for an operator: its own values, each named by its place in the file. */
export interface OperatorValues extends Pick<ConfigSource, "values"> {
  readonly controllerId: string | undefined;
  readonly namespaces: readonly string[] | undefined;
}

export const operatorValues = (operators: readonly RawOperator[]): readonly OperatorValues[] =>
  operators.map(({ controllerId, namespaces, ...values }) => ({ controllerId, namespaces, values }));

/** Two operators that would take the same objects. */
export function* operatorProblems(operators: readonly RawOperator[]): Iterable<Problem> {
  const known = new Map<string, number>();
  for (const [index, { controllerId = "", namespaces }] of operators.entries()) {
    const places =
      namespaces === undefined
        ? [{ key: `\0${controllerId}`, path: ["operators", index, "controllerId"] }]
        : namespaces.map((name, at) => ({
            key: `${name}\0${controllerId}`,
            path: ["operators", index, "namespaces", at],
          }));
    for (const { key, path } of places) {
      const first = known.get(key);
      if (first !== undefined) yield { path, message: `takes the same objects as operators[${first}]` };
      else known.set(key, index);
    }
  }
}
