import { required } from "../../diagnostics/finding.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "predictor-name-present",
  topic: "names",
  severity: "error",
  reads: [],
  docs: {
    what: "Every predictor has a name.",
    why: "Its Service and its Mappings are named after it.",
    fix: "Give the predictor a name of lower-case letters, digits and dashes.",
  },
  *check({ deployment }) {
    for (const [index, { name }] of deployment.spec.predictors.entries())
      if (name === "") yield required(["spec", "predictors", index, "name"], "the predictor has no name");
  },
};

export default rule;
