import { type Finding, invalid } from "../../diagnostics/finding.ts";
import { keys, readAnnotation } from "../../seldon/annotations.ts";
import { regexProblem } from "../../seldon/header.ts";
import { re2SizeBound } from "../../seldon/re2-size.ts";
import { compiledExpressions } from "../custom-expressions.ts";
import { fieldName } from "../field-words.ts";
import type { ObjectRule, RuleInput } from "../rule.ts";

/** Envoy's re2.max_program_size as Ambassador sets it: regex_max_size of its Module, 200 by default. */
const maxSize = 200;

function sizeProblem(size: number): string | undefined {
  if (size <= maxSize) return undefined;
  return `its program may have ${Number.isFinite(size) ? `${size} steps` : "any size"}, over ${maxSize}`;
}

// What does not compile has no size, and a rule of its own.
const problemOf = (expression: string): string | undefined =>
  regexProblem(expression) === undefined ? sizeProblem(re2SizeBound(expression)) : undefined;

function* ofAnnotation({ deployment, era, routing, configuration }: RuleInput): Iterable<Finding> {
  const expression = routing.regexHeader?.value;
  const found = readAnnotation(deployment, keys.regexHeader, era);
  const problem = expression === undefined || configuration.custom ? undefined : problemOf(expression);
  if (found && problem !== undefined) yield invalid(found.path, found.value, problem);
}

const rule: ObjectRule = {
  id: "regex-size",
  topic: "annotations",
  severity: "error",
  reads: [],
  docs: {
    what: "An expression compiles to at most 200 steps of RE2.",
    why: "Envoy refuses a larger one together with every other change: no update reaches anybody until it is gone.",
    fix: "Shorten it: [0-9a-z] for \\w or \\pL, fewer repetitions, .* for .{1,60}.",
  },
  *check(input) {
    yield* ofAnnotation(input);
    for (const { document, path, expression, problem, size } of compiledExpressions(input)) {
      const found = problem === undefined ? sizeProblem(size) : undefined;
      if (found !== undefined)
        yield invalid(document.path, expression, `${document.label}: ${fieldName(document, path)}: ${found}`);
    }
  },
};

export default rule;
