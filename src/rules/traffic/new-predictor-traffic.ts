import { invalid } from "../../diagnostics/finding.ts";
import { isLive } from "../../mapping/weight.ts";
import { changedPredictors } from "../changed-predictors.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "new-predictor-traffic",
  topic: "traffic",
  severity: "warning",
  reads: [],
  docs: {
    what: "A predictor that is added to a running deployment starts with traffic 0.",
    why: "Its Service and routes are made before its pods are ready: until then its share of the requests fails.",
    fix: "Add it with traffic 0, and raise the traffic once it is ready.",
  },
  *check(input) {
    if (input.routing.shadow) return;
    const { added, removed } = changedPredictors(input);
    // Those that take the place of removed ones are told of by predictor-renamed.
    for (const { predictor: index } of added.slice(removed.length)) {
      const predictor = input.deployment.spec.predictors[index];
      if (predictor && isLive(predictor) && predictor.traffic)
        yield invalid(
          ["spec", "predictors", index, "traffic"],
          predictor.traffic,
          "this share of the requests fails until its pods are ready",
        );
    }
  },
};

export default rule;
