import { problemFindings } from "../problem-findings.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "regex-header-re2",
  topic: "annotations",
  severity: "error",
  reads: [],
  docs: {
    what: "The expression of a regex-header is valid for RE2.",
    why: "Envoy compiles all routes together: one bad expression stops every update of Ambassador, for everybody.",
    fix: "Use RE2 syntax: no look-around, no back-references (https://github.com/google/re2/wiki/Syntax).",
  },
  check: (input) => problemFindings(input, "regex"),
};

export default rule;
