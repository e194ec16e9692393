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
    for (const { name, fullName, kind, path } of services)
      if (name !== fullName) yield tooLong(path, fullName, `the ${kind} Service becomes ${name}`);
  },
};

export default rule;
