import { invalid } from "../../diagnostics/finding.ts";
import { isLive, isPercentage, livePredictors } from "../../mapping/weight.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "single-predictor-traffic",
  topic: "traffic",
  severity: "error",
  reads: [],
  docs: {
    what: "The traffic of a single live predictor is unset, 0 or 100, also with a shadow beside it.",
    why: "It gets every request whatever the number says, and older Ambassadors drop the remainder.",
    fix: "Remove the traffic or set it to 100.",
  },
  *check({ deployment }) {
    if (livePredictors(deployment).length !== 1) return;
    const index = deployment.spec.predictors.findIndex(isLive);
    const traffic = deployment.spec.predictors[index]?.traffic ?? 0;
    if (traffic !== 0 && traffic !== 100 && isPercentage(traffic))
      yield invalid(
        ["spec", "predictors", index, "traffic"],
        traffic,
        "the only live predictor gets 100 percent",
      );
  },
};

export default rule;
