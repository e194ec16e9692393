import { invalid } from "../../diagnostics/finding.ts";
import { keepsSingleWeight } from "../../mapping/ambassador-version.ts";
import { customGroups, isAllCustom, isWeight } from "../custom-groups.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "custom-config-single-weight",
  topic: "custom-config",
  severity: "warning",
  reads: [],
  docs: {
    what: "A custom Mapping that is alone in its group has no weight below 100 before Ambassador 2.1.2.",
    why: "Those releases give it just its own weight and answer the rest with 404.",
    fix: "Remove the weight, or upgrade Ambassador to 2.1.2 or later.",
  },
  *check(input) {
    const { version } = input.settings.ambassador;
    if (version === undefined || !keepsSingleWeight(version) || !isAllCustom(input)) return;
    for (const { mains } of customGroups(input)) {
      const [only] = mains;
      if (only === undefined || mains.length > 1) continue;
      const { weight } = only.fields;
      if (isWeight(weight) && weight < 100)
        yield invalid(
          only.path,
          weight,
          `${only.label}: weight ${weight} alone: ${100 - weight}% get 404 in ${version}`,
        );
    }
  },
};

export default rule;
