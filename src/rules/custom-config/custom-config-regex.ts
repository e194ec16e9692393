import { invalid } from "../../diagnostics/finding.ts";
import { compiledExpressions } from "../custom-expressions.ts";
import { fieldName } from "../field-words.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "custom-config-regex",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "The expressions of custom Mappings are RE2.",
    why: "Envoy refuses the whole configuration over one that is not: no update reaches anybody until it is gone.",
    fix: "Correct the expression; RE2 has no look-around and no back-references (github.com/google/re2/wiki/Syntax).",
  },
  *check(input) {
    for (const { document, path, expression, problem } of compiledExpressions(input))
      if (problem !== undefined)
        yield invalid(
          document.path,
          expression,
          `${document.label}: ${fieldName(document, path)}: ${problem}`,
        );
  },
};

export default rule;
