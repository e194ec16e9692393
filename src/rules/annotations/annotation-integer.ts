import { problemFindings } from "../problem-findings.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "annotation-integer",
  topic: "annotations",
  severity: "error",
  reads: [],
  docs: {
    what: "Timeouts, retries and circuit breakers are integers from 0 to 2147483647.",
    why: "Seldon's operator drops the route without a word when it cannot read the number.",
    fix: "Write digits only, in quotes; timeouts are milliseconds.",
  },
  check: (input) => problemFindings(input, "integer"),
};

export default rule;
