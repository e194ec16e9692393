import { tooLong } from "../../diagnostics/finding.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "service-shortened",
  topic: "names",
  severity: "warning",
  reads: [],
  docs: {
    what: "A Service whose name would be longer than 63 bytes is named by a hash.",
    why: "The operator calls it seldon- and the MD5 of the full name, which nobody finds by reading.",
    fix: "Shorten the names, or set seldon.io/svc-name on the predictor.",
  },
  *check({ services }) {
    for (const { name, fullName, kind, path, predictor } of services) {
      // The path of a container would leave no room for the name in the one line of a warning.
      const at = kind === "container" ? ["spec", "predictors", predictor, "name"] : path;
      if (name !== fullName) yield tooLong(at, fullName, `the ${kind} Service becomes ${name}`);
    }
  },
};

export default rule;
