import { duplicate } from "../../diagnostics/finding.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "predictor-name-unique",
  topic: "names",
  severity: "error",
  reads: [],
  docs: {
    what: "No two predictors of a deployment have the same name.",
    why: "They would share one Service and one Mapping, and one of them would never be reached.",
    fix: "Rename one of the predictors.",
  },
  *check({ deployment }) {
    const first = new Map<string, number>();
    for (const [index, { name }] of deployment.spec.predictors.entries()) {
      const known = first.get(name);
      if (name === "") continue;
      if (known === undefined) first.set(name, index);
      else yield duplicate(["spec", "predictors", index, "name"], name, `predictor ${known} has this name`);
    }
  },
};

export default rule;
