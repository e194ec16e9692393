import { forbidden } from "../../diagnostics/finding.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "shadow-predictor-single",
  topic: "shadow",
  severity: "error",
  reads: [],
  docs: {
    what: "At most one predictor is a shadow.",
    why: "Ambassador mirrors a route to one destination and refuses the second shadow.",
    fix: "Keep one shadow predictor, or attach the others in turn.",
  },
  *check({ deployment }) {
    const shadows = [...deployment.spec.predictors.entries()].filter(([, { shadow }]) => shadow);
    const [first, ...others] = shadows;
    for (const [index] of others)
      yield forbidden(
        ["spec", "predictors", index, "shadow"],
        true,
        `predictor ${first?.[1].name || first?.[0]} is the shadow already`,
      );
  },
};

export default rule;
