import { RE2JS, RE2JSException } from "re2js";
import { withoutAnchor, withoutPrefix } from "./re2/anchors.ts";
import type { Budget } from "./re2/budget.ts";
import { flatSize } from "./re2/flat-size.ts";
import { parse } from "./re2/parse.ts";
import { compile } from "./re2/program.ts";
import { simplify } from "./re2/simplify.ts";
import { failure } from "./re2/steps.ts";

/** Longer expressions count as too large without a look at them: Envoy's limit is 200 instructions. */
const longest = 8_192;

/** Steps for one expression; one of 200 instructions takes about 1,000. */
export const stepsAllowed = 100_000;

/**
 * How large libre2's program of an expression is at most: what Envoy compares with `re2.max_program_size`. It is
 * what `RE2::ProgramSize()` gives, with something to spare where a version of Unicode has a say. Infinity for what is
 * not valid or more work than `budget` allows.
 */
export function re2SizeBound(expression: string, budget: Budget = { left: stepsAllowed }): number {
  if (expression.length > longest) return Number.POSITIVE_INFINITY;
  try {
    const size = sizeOf(expression, budget);
    // Only now: re2js takes its time over expressions that are too large anyway.
    if (Number.isFinite(size)) RE2JS.compile(expression);
    return size;
  } catch (error) {
    if (error instanceof RE2JSException || error instanceof RangeError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

function sizeOf(expression: string, budget: Budget): number {
  const tree = simplify(withoutPrefix(parse(expression)));
  const begun = withoutAnchor(tree, "first");
  const body = begun ?? tree;
  const program = compile(withoutAnchor(body, "last") ?? body, budget);
  if (budget.left < 0) return Number.POSITIVE_INFINITY;
  // What is not anchored has a loop of two instructions that looks for a match further on.
  const size = flatSize(program, budget) + (begun || program.start === failure ? 0 : 2);
  return budget.left < 0 ? Number.POSITIVE_INFINITY : size;
}
