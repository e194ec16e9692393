import { invalid } from "../../diagnostics/finding.ts";
import { customMappings } from "../custom-documents.ts";
import { isWeight } from "../custom-groups.ts";
import { fieldName } from "../field-words.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "custom-config-weight-range",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "The weight of a custom Mapping is an integer from 0 to 100.",
    why: "It is a percentage of the group's requests; Ambassador neither bounds nor normalises it.",
    fix: "Write a whole number from 0 to 100 without quotes.",
  },
  *check(input) {
    for (const document of customMappings(input)) {
      const { weight } = document.fields;
      // Other types are told of by custom-config-field-types.
      if (typeof weight === "number" && !isWeight(weight))
        yield invalid(
          document.path,
          weight,
          `${document.label}: ${fieldName(document, ["weight"])}: must be an integer from 0 to 100`,
        );
    }
  },
};

export default rule;
