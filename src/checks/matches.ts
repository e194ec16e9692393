import type { ASTNode } from "@marcbachmann/cel-js";
import { RE2JS } from "re2js";
import type { Checker, Evaluator } from "./cel-hooks.ts";
import type { Meter } from "./meter.ts";

/** Instructions; Envoy takes 200 (`regex_max_size` of Ambassador's Module). */
const maxProgram = 1000;

/** A regular expression, and what it costs for each character of a text at most. */
interface Expression {
  readonly regex: RE2JS;
  readonly size: number;
}

function compile(source: string): Expression | string {
  try {
    const regex = RE2JS.compile(source);
    const size = regex.programSize();
    return size <= maxProgram
      ? { regex, size }
      : `the regular expression has ${size} instructions; at most ${maxProgram} are allowed`;
  } catch (error) {
    return `no regular expression of RE2: ${(error as Error).message}`;
  }
}

/** What the library keeps of one call. */
interface Call {
  readonly text: ASTNode;
  readonly pattern: ASTNode;
  expression: Expression | undefined;
}

interface Expansion {
  readonly args: readonly ASTNode[];
  readonly receiver: ASTNode;
}

/**
 * `matches` by RE2, whose time grows with the product of both lengths; the library's own takes JavaScript's
 * expressions, whose time knows no bound. The expression is written out, so that it is compiled with the policy.
 */
export const matchesMacro =
  (meter: Meter) =>
  ({ args, receiver: text }: Expansion) => ({
    ...({ text, pattern: args[0] as ASTNode, expression: undefined } satisfies Call),
    typeCheck,
    evaluate: (evaluator: Evaluator, { text, pattern, expression }: Call, context: unknown): boolean => {
      const subject = evaluator.run(text, context);
      if (typeof subject !== "string" || expression === undefined)
        throw evaluator.createError("no_matching_overload", "matches() is for texts only", pattern);
      meter.spend(subject.length * expression.size);
      return expression.regex.matcher(subject).find();
    },
  });

function typeCheck(checker: Checker, call: Call, context: unknown): unknown {
  const { text, pattern } = call;
  const type = checker.check(text, context);
  if (type.kind !== "dyn" && type.name !== "string")
    throw checker.createError("no_matching_overload", `matches() is for texts, not for ${type.name}`, text);
  const compiled = compile(String(pattern.args));
  if (typeof compiled === "string")
    throw checker.createError("invalid_regular_expression", compiled, pattern);
  call.expression = compiled;
  return checker.getType("bool");
}
