import type { ASTNode, Environment } from "@marcbachmann/cel-js";
import type { Evaluator } from "./cel-hooks.ts";
import { CostExceeded, type Meter } from "./meter.ts";
import { shallowUnits, spendDeep } from "./weigh.ts";

/** Two operands whose weights are to be multiplied; holds that of the one that was evaluated first. */
export interface Pair {
  open: number | undefined;
}

/** How the value of a part of an expression is paid for, besides the unit for each part. */
export interface Role {
  /** What is done with the value: it is gone through, once or with all that is in it, or it must not be long. */
  readonly weigh?: "shallow" | "deep" | "short";
  /** With which other operand its weight is to be multiplied. */
  readonly pair?: Pair;
  /** The pair of its own operands. */
  readonly operands?: Pair;
}

export type Roles = WeakMap<ASTNode, Role>;

/** No number, time or duration is longer. */
const maxShort = 64;

/** An error is made with the part of the expression that it is about, which takes as long as this. */
const errorUnits = 250;

/**
 * Has everything paid for that the environment's evaluator does. The library gives its evaluator to macros, as
 * documented, and evaluates every part of an expression by its `run`; so a macro fetches it and `run` is put around.
 */
export function metered(environment: Environment, meter: Meter, roles: Roles): void {
  const evaluator = evaluatorOf(environment);
  const plain = evaluator.run.bind(evaluator);
  // The library keeps every type for good that it has met. Objects of ever new forms would fill the memory, and
  // lists of different types are simply not equal.
  evaluator.debugTypeDeep = evaluator.debugType;
  let known: unknown;
  const run = (node: ASTNode, context: unknown): unknown => {
    meter.spend(1);
    try {
      return plain(node, context);
    } catch (error) {
      // Once, however many parts it goes through.
      if (error !== known && !(error instanceof CostExceeded)) {
        known = error;
        meter.spend(errorUnits);
      }
      throw error;
    }
  };
  evaluator.run = (node, context) => {
    const role = roles.get(node);
    if (role === undefined) return run(node, context);
    if (role.operands) role.operands.open = undefined;
    const value = run(node, context);
    pay(value, role, meter);
    return value;
  };
}

function pay(value: unknown, { weigh, pair }: Role, meter: Meter): void {
  if (weigh === "short" && typeof value === "string" && value.length > maxShort)
    throw new Error(`a text of more than ${maxShort} characters is no number, time or duration`);
  const units = weigh === "deep" ? spendDeep(value, meter) : shallowUnits(value);
  if (weigh === "shallow") meter.spend(units);
  if (pair === undefined) return;
  if (pair.open === undefined) pair.open = units;
  else meter.spend(pair.open * units);
}

function evaluatorOf(environment: Environment): Evaluator {
  let found: Evaluator | undefined;
  environment.registerFunction("evaluatorOfChecks(ast): bool", () => ({
    typeCheck: (checker: { getType(name: string): unknown }) => checker.getType("bool"),
    evaluate: (evaluator: Evaluator) => {
      found = evaluator;
      return true;
    },
  }));
  environment.evaluate("evaluatorOfChecks(true)");
  if (found === undefined) throw new Error("the library did not evaluate a macro");
  return found;
}
