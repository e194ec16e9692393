import { problemFindings } from "../problem-findings.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "ambassador-id-form",
  topic: "annotations",
  severity: "error",
  reads: [],
  docs: {
    what: "The annotation seldon.io/ambassador-id holds one id.",
    why: "A list in one string matches no Ambassador, and the routes vanish without an error.",
    fix: "Write the AMBASSADOR_ID of one Ambassador.",
  },
  check: (input) => problemFindings(input, "ambassador-id"),
};

export default rule;
