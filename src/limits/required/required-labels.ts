import type { Limit } from "../limit.ts";
import { unmet } from "../unmet.ts";

const limit: Limit = {
  id: "limits/required-labels",
  severity: "error",
  docs: {
    what: "The object has the labels that the policy requires, with values that match.",
    why: "By its labels others find out whose it is: who is called at night, and who pays.",
    fix: "Add the label, or correct its value.",
  },
  *check({ limits, labels }) {
    if (labels !== undefined)
      yield* unmet(limits.requiredLabels?.value ?? [], ["metadata", "labels"], labels);
  },
};

export default limit;
