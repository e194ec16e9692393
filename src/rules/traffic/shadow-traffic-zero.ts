import { invalid } from "../../diagnostics/finding.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "shadow-traffic-zero",
  topic: "traffic",
  severity: "warning",
  reads: [],
  docs: {
    what: "A shadow with traffic 0 mirrors every request.",
    why: "Go clients cannot tell 0 from unset on this field, and Seldon's operator mirrors everything for both.",
    fix: "Write the percentage to mirror, leave it out to mirror all, or remove the shadow to mirror none.",
  },
  *check({ deployment, routing }) {
    for (const [index, { shadow, traffic }] of deployment.spec.predictors.entries()) {
      if (traffic === 0 && (shadow || routing.shadow))
        yield invalid(
          ["spec", "predictors", index, "traffic"],
          traffic,
          "0 on a shadow mirrors every request",
        );
    }
  },
};

export default rule;
