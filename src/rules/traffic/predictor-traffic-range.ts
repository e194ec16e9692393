import { invalid } from "../../diagnostics/finding.ts";
import { isPercentage } from "../../mapping/weight.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "predictor-traffic-range",
  topic: "traffic",
  severity: "error",
  reads: [],
  docs: {
    what: "A predictor's traffic is an integer from 0 to 100.",
    why: "Seldon checks the sum alone, so [150, -50] passes it and Ambassador then routes all of it to the first.",
    fix: "Write the percentage of requests as an integer from 0 to 100.",
  },
  *check({ deployment }) {
    for (const [index, { traffic }] of deployment.spec.predictors.entries()) {
      if (traffic !== undefined && !isPercentage(traffic))
        yield invalid(["spec", "predictors", index, "traffic"], traffic, "is not a percentage");
    }
  },
};

export default rule;
