import { forbidden } from "../../diagnostics/finding.ts";
import { livePredictors } from "../../mapping/weight.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "live-predictor-present",
  topic: "shadow",
  severity: "error",
  reads: [],
  docs: {
    what: "At least one predictor is live.",
    why: "A shadow only copies requests that another predictor answers; alone it has no route, and no error.",
    fix: "Add a predictor without shadow: true.",
  },
  *check({ deployment }) {
    if (deployment.spec.predictors.length > 0 && livePredictors(deployment).length === 0)
      yield forbidden(
        ["spec", "predictors", 0, "shadow"],
        true,
        "no predictor answers the requests to mirror",
      );
  },
};

export default rule;
