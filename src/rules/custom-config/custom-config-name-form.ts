import { invalid, tooLong } from "../../diagnostics/finding.ts";
import { customDocuments } from "../custom-documents.ts";
import type { ObjectRule } from "../rule.ts";

const maxLength = 253;

const rule: ObjectRule = {
  id: "custom-config-name-form",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "Names of custom documents hold no dot and at most 253 characters.",
    why: "Ambassador's cache cuts a name at the first dot, and Mappings of one group are lost.",
    fix: "Use letters, digits, dashes and underscores, at most 253 of them.",
  },
  *check(input) {
    for (const { fields, label, path } of customDocuments(input)) {
      const { name } = fields;
      if (typeof name !== "string") continue;
      if (name.includes(".")) yield invalid(path, name, `${label}: name: holds a dot`);
      if (name.length > maxLength)
        yield tooLong(path, name, `${label}: name: has ${name.length} characters, more than ${maxLength}`);
    }
  },
};

export default rule;
