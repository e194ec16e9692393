import { invalid } from "../../diagnostics/finding.ts";
import { changedPredictors } from "../changed-predictors.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "predictor-renamed",
  topic: "names",
  severity: "warning",
  reads: [],
  docs: {
    what: "A predictor keeps its name when the deployment is updated.",
    why: "The old Service stays behind with its routes, and half of the requests fail until it is gone.",
    fix: "Keep the name, or delete the old Service once the new predictor is ready.",
  },
  *check(input) {
    const { added, removed } = changedPredictors(input);
    for (const [index, gone] of removed.entries()) {
      const service = added[index];
      if (service !== undefined)
        yield invalid(service.path, service.name, `the Service ${gone} goes on taking requests`);
    }
  },
};

export default rule;
