import { problemFindings } from "../problem-findings.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "header-form",
  topic: "annotations",
  severity: "error",
  reads: [],
  docs: {
    what: "A header condition is `name: value`, or for ambassador-header a name alone.",
    why: "Seldon's operator panics on a header without a colon and cuts a value at its own colons.",
    fix: "Write `name: value`; for seldon.io/ambassador-header a name alone asks for its presence.",
  },
  check: (input) => problemFindings(input, "header"),
};

export default rule;
