import { forbidden } from "../../diagnostics/finding.ts";
import { livePredictors } from "../../mapping/weight.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "shadow-annotation-predictors",
  topic: "shadow",
  severity: "error",
  reads: [],
  docs: {
    what: "A shadow deployment has exactly one live predictor and no shadow predictor.",
    why: "Ambassador mirrors a route to one destination: every further Mapping with shadow is refused.",
    fix: "Leave one predictor, without shadow: true and without a split.",
  },
  *check({ deployment, routing, configuration }) {
    if (!routing.shadow || configuration.custom) return;
    const { predictors } = deployment.spec;
    const nested = predictors.findIndex(({ shadow }) => shadow);
    if (nested >= 0)
      yield forbidden(
        ["spec", "predictors", nested, "shadow"],
        true,
        "the whole deployment is a shadow already",
      );
    const live = livePredictors(deployment).length;
    if (live > 1)
      yield forbidden(["spec", "predictors"], live, `a shadow deployment has ${live} live predictors`);
  },
};

export default rule;
