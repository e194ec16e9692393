import { required } from "../../diagnostics/finding.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "predictors-present",
  topic: "structure",
  severity: "error",
  reads: [],
  docs: {
    what: "A deployment has at least one predictor.",
    why: "Without one there is nothing to route to, and Seldon's operator rejects or crashes on the object.",
    fix: "Add an entry to spec.predictors.",
  },
  *check({ deployment }) {
    if (deployment.spec.predictors.length === 0)
      yield required(["spec", "predictors"], "there is no predictor");
  },
};

export default rule;
