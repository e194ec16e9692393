import { tooLong } from "../../diagnostics/finding.ts";
import type { ObjectRule } from "../rule.ts";

/** The shortest pair of Mappings takes some 600 bytes, and all annotations of an object fit into 256 KiB. */
const maxPredictors = 400;

const rule: ObjectRule = {
  id: "predictor-count",
  topic: "structure",
  severity: "error",
  reads: [],
  docs: {
    what: "A deployment has at most 400 predictors.",
    why: "The configuration of more does not fit into the annotations of one object.",
    fix: "Split the deployment.",
  },
  *check({ deployment }) {
    const { length } = deployment.spec.predictors;
    if (length > maxPredictors)
      yield tooLong(["spec", "predictors"], length, `there are ${length} predictors`);
  },
};

export default rule;
