import { problemFindings } from "../problem-findings.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "shadow-annotation-value",
  topic: "shadow",
  severity: "error",
  reads: [],
  docs: {
    what: 'The annotation seldon.io/ambassador-shadow is exactly "true" or "false".',
    why: 'Old operators took any text, even "false", for true, and new ones ignore it: nothing else is safe.',
    fix: 'Write "true" or "false", in quotes.',
  },
  check: (input) => problemFindings(input, "shadow"),
};

export default rule;
