import type { ParseResult } from "@marcbachmann/cel-js";
import { nearest } from "../diagnostics/nearest.ts";
import type { Workbench } from "./environment.ts";
import { methodOffset, survey } from "./survey.ts";
import { NobodyWrites, type VariableName, variableNames } from "./variables.ts";

/** What an expression must give. */
export type ResultType = "bool" | "string";

/** What is wrong with an expression, and where in it. */
export interface ExpressionProblem {
  readonly message: string;
  /** In UTF-16 units from its beginning. */
  readonly offset: number;
}

/** What is known to an expression: at least the variables that it reads. */
export type Variables = { readonly [Name in VariableName]?: unknown };

/** Units for the evaluations on one object together. */
export interface Purse {
  left: number;
}

/** What came of one evaluation. */
export type Outcome<T> =
  | { readonly value: T; readonly failure?: undefined }
  /** `unknown`: it depends on who is writing, and nobody is. */
  | { readonly failure: "failed" | "too costly" | "unknown"; readonly reason: string };

/** An expression that was found sound. */
export interface Program<T extends boolean | string = boolean | string> {
  readonly reads: ReadonlySet<VariableName>;
  /** Total: never throws. Ends after a bounded time, for `purse` pays for every step. */
  evaluate(variables: Variables, purse: Purse): Outcome<T>;
}

type Compiled<T extends boolean | string> =
  | { readonly program: Program<T>; readonly problem?: undefined }
  | { readonly program?: undefined; readonly problem: ExpressionProblem };

/**
 * What one evaluation may cost: a tenth of what Kubernetes allows an expression (PerCallLimit in
 * apiserver/pkg/apis/cel/config.go), which has more than one thread for it.
 */
export const unitsPerExpression = 100_000;

/** What all evaluations on one object may cost; Kubernetes' RuntimeCELCostBudget is twenty times as much. */
export const unitsPerObject = 500_000;

/** Reads an expression that must give a bool, or a string. */
export function compile(text: string, type: "bool", bench: Workbench): Compiled<boolean>;
export function compile(text: string, type: "string", bench: Workbench): Compiled<string>;
export function compile(text: string, type: ResultType, bench: Workbench): Compiled<never> {
  let parsed: ParseResult;
  try {
    parsed = bench.environment.parse(text);
  } catch (error) {
    return { problem: problemIn(error) };
  }
  const { names, problem } = survey(parsed.ast, bench.roles);
  if (problem !== undefined) return { problem };
  const checked = parsed.check();
  if (!checked.valid) return { problem: problemIn(checked.error) };
  if (checked.type !== type) return { problem: { message: resultProblem(checked.type, type), offset: 0 } };
  const reads = new Set(variableNames.filter((name) => names.has(name)));
  const evaluate = (variables: Variables, purse: Purse): Outcome<never> =>
    outcomeOf(() => parsed({ ...variables }), purse, { type, bench });
  return { program: { reads, evaluate } };
}

function resultProblem(found: string | undefined, wanted: ResultType): string {
  const hint =
    wanted === "string" ? "string(…) makes one of most values" : "compare it with a value, as in … == true";
  return `gives ${found}, not ${wanted}${found === "dyn" ? `, as far as is known: ${hint}` : ""}`;
}

/** What the library's errors have; others are what JavaScript throws for what is nested too deep. */
interface LibraryError {
  readonly summary?: string;
  readonly code?: string;
  readonly node?: Parameters<typeof methodOffset>[0];
  readonly range?: { readonly start: number };
}

function problemIn(error: unknown): ExpressionProblem {
  const { summary, code, node, range } = error as LibraryError;
  if (summary === undefined) return { message: "nested too deep", offset: 0 };
  const ofMethod = code === "no_matching_overload" && node?.op === "rcall";
  return {
    message: `${summary.replaceAll("\n", " ")}${hintFor(code, node)}`,
    offset: ofMethod ? methodOffset(node) : (node?.pos ?? range?.start ?? 0),
  };
}

function hintFor(code: string | undefined, node: LibraryError["node"]): string {
  if (code !== "unknown_variable" || node?.op !== "id") return "";
  const meant = nearest(node.args, variableNames);
  return meant === undefined ? "" : `; did you mean ${meant}?`;
}

function outcomeOf(
  work: () => unknown,
  purse: Purse,
  { type, bench: { meter } }: { readonly type: ResultType; readonly bench: Workbench },
): Outcome<never> {
  const units = Math.min(purse.left, unitsPerExpression);
  meter.start(units);
  let value: unknown;
  let error: unknown;
  try {
    // The library does not go through `run` for the outermost part.
    meter.spend(1);
    value = work();
  } catch (thrown) {
    error = thrown;
  }
  purse.left -= units - meter.left;
  if (meter.isUsedUp)
    return { failure: "too costly", reason: `it takes more than the ${units} units of work that it may` };
  if (error instanceof NobodyWrites)
    return { failure: "unknown", reason: "it asks who is writing, and nobody is" };
  if (error !== undefined) return { failure: "failed", reason: reasonOf(error) };
  if (type === "bool" ? typeof value === "boolean" : typeof value === "string")
    return { value: value as never };
  return { failure: "failed", reason: `it gives no ${type}` };
}

const maxReason = 200;

function reasonOf(error: unknown): string {
  const { summary, message } = error as LibraryError & Error;
  return (summary ?? message ?? String(error)).slice(0, maxReason);
}
