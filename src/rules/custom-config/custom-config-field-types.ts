import { invalid } from "../../diagnostics/finding.ts";
import { checkFields, schemaVersion } from "../../mapping/custom-schema/check.ts";
import { customDocuments } from "../custom-documents.ts";
import { fieldName, misreading } from "../field-words.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "custom-config-field-types",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "The fields of custom documents have the types and values of their apiVersion.",
    why: "Ambassador drops a document with a wrong type, an unknown choice or a null, and tells only its log.",
    fix: "Correct the field or leave it out; quote every string, since YAML 1.1 reads on, yes and n as booleans.",
  },
  *check(input) {
    for (const document of customDocuments(input)) {
      const version = schemaVersion(document.fields.apiVersion);
      if (version === undefined) continue;
      for (const { path, value, wanted } of checkFields(document.fields, version).problems) {
        const remark = misreading(document, path, value);
        yield invalid(
          document.path,
          value,
          `${document.label}: ${fieldName(document, path)}: ${wanted}${remark}`,
        );
      }
    }
  },
};

export default rule;
