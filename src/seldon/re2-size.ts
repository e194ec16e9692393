import { RE2JS } from "re2js";
import { withoutAnchor, withoutPrefix } from "./re2/anchors.js";
import type { Budget } from "./re2/budget.js";
import { flatSize } from "./re2/flat-size.js";
import { parse } from "./re2/parse.js";
import { compile, failure } from "./re2/program.js";
import { simplify } from "./re2/simplify.js";

/** Longer expressions count as too large; Envoy's limit is 200 instructions. */
const longest = 8_192;
const enough: Budget = { left: 1_000_000 };

/**
 * How large libre2's program of an expression is at most: what Envoy compares with `re2.max_program_size`. Equal to
 * `RE2::ProgramSize()` where no tables of Unicode are involved. Infinity where the expression is not valid, or more
 * work than anybody's.
 */
export function re2SizeBound(expression: string, budget: Budget = { ...enough }): number {
  if (expression.length > longest || !isValid(expression)) return Number.POSITIVE_INFINITY;
  const tree = simplify(withoutPrefix(parse(expression)));
  const begun = withoutAnchor(tree, "first");
  const body = begun ?? tree;
  const program = compile(withoutAnchor(body, "last") ?? body, budget);
  // What is not anchored has a loop of two instructions that looks for a match further on.
  const size = flatSize(program, budget) + (begun || program.start === failure ? 0 : 2);
  return budget.left < 0 ? Number.POSITIVE_INFINITY : size;
}

/** re2js bounds both the size and the depth of what it accepts, on which all else here relies. */
function isValid(expression: string): boolean {
  try {
    RE2JS.compile(expression);
    return true;
  } catch {
    return false;
  }
}
