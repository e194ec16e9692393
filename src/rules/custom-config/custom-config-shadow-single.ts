import { duplicate } from "../../diagnostics/finding.ts";
import { customGroups } from "../custom-groups.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "custom-config-shadow-single",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "At most one custom Mapping of a group is a shadow.",
    why: "Ambassador mirrors a group to one Mapping and refuses the second.",
    fix: "Remove the shadow, or make one deployment of both.",
  },
  *check(input) {
    for (const { shadows } of customGroups(input)) {
      const [first, ...others] = shadows;
      for (const { path, label, fields } of others)
        yield duplicate(path, fields.name, `${label}: a second shadow, after ${first?.label}`);
    }
  },
};

export default rule;
