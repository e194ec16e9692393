import { createWorkbench, type Workbench } from "../checks/environment.ts";
import { compile, type Program, type ResultType } from "../checks/program.ts";
import type { VariableName } from "../checks/variables.ts";
import { type FieldPath, formatFieldPath } from "../diagnostics/field-path.ts";
import { type Check, checkPrefix } from "../policy/types.ts";
import type { ParsedPolicy, Place } from "./parse.ts";
import type { RawCheck } from "./raw-policy.ts";
import { selectorOf } from "./read-selector.ts";

/** What is wrong with an expression, at its place in the file. */
export interface CheckProblem extends Place {
  readonly field: string;
  readonly message: string;
}

/** The checks of a policy with their compiled expressions, or what keeps them from being used. */
export type ReadChecks =
  | { readonly checks: readonly Check[]; readonly problems?: undefined }
  | { readonly checks?: undefined; readonly problems: readonly CheckProblem[] };

/** With more, a policy is wrong as a whole; and each takes its time. */
const maxProblems = 20;

/** Compiles every expression of the checks. The schema has seen to their form. */
export function readChecks(raw: readonly RawCheck[], parsed: ParsedPolicy): ReadChecks {
  if (raw.length === 0) return { checks: [] };
  const reader = new CheckReader(parsed);
  const checks: Check[] = [];
  for (const [index, check] of raw.entries()) {
    if (reader.problems.length >= maxProblems) break;
    const read = reader.read(check, ["checks", index]);
    if (read !== undefined) checks.push(read);
  }
  return reader.problems.length > 0 ? { problems: reader.problems } : { checks };
}

class CheckReader {
  readonly problems: CheckProblem[] = [];
  readonly #parsed: ParsedPolicy;
  readonly #bench: Workbench = createWorkbench();

  constructor(parsed: ParsedPolicy) {
    this.#parsed = parsed;
  }

  /** Undefined where an expression is wrong. */
  read(raw: RawCheck, path: FieldPath): Check | undefined {
    const expression = this.#program<boolean>(raw.expression, [...path, "expression"], "bool");
    const when =
      raw.when === undefined ? undefined : this.#program<boolean>(raw.when, [...path, "when"], "bool");
    const messageExpression =
      raw.messageExpression === undefined
        ? undefined
        : this.#program<string>(raw.messageExpression, [...path, "messageExpression"], "string");
    if (expression === undefined) return undefined;
    const used = [expression, when, messageExpression].filter((each) => each !== undefined);
    const { line } = this.#parsed.placeOf(path);
    return {
      id: `${checkPrefix}${raw.name}`,
      selector: selectorOf(raw),
      line,
      severity: raw.severity ?? "error",
      expression: raw.expression,
      programs: { when, expression, messageExpression },
      reads: new Set<VariableName>(used.flatMap(({ reads }) => [...reads])),
      message: raw.message ?? "the expression of the check is not true",
      fix: raw.fix ?? `The check on line ${line} of the policy asks for it.`,
      path: fieldPathOf(raw.field ?? "spec"),
    };
  }

  #program<T extends boolean | string>(
    text: string,
    path: FieldPath,
    type: ResultType,
  ): Program<T> | undefined {
    const compiled = type === "bool" ? compile(text, type, this.#bench) : compile(text, type, this.#bench);
    if (compiled.problem === undefined) return compiled.program as Program<never>;
    const { message, offset } = compiled.problem;
    this.problems.push({ ...this.#parsed.placeIn(path, offset), field: formatFieldPath(path), message });
    return undefined;
  }
}

/** Of a field as the schema takes it: `metadata.labels[team]`, `spec.predictors[0].name`. */
const fieldPathOf = (field: string): FieldPath =>
  [...field.matchAll(/\[([^[\]]+)\]|[^.[\]]+/g)].map(([name, key]) =>
    key !== undefined && /^(0|[1-9]\d*)$/.test(key) ? Number(key) : (key ?? name),
  );
