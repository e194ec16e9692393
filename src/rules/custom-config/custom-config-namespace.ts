import { forbidden } from "../../diagnostics/finding.ts";
import { customDocuments } from "../custom-documents.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "custom-config-namespace",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "Custom documents belong to the deployment's own namespace.",
    why: "Ambassador honours any namespace: the document would replace one of the same name over there.",
    fix: "Remove the namespace, which defaults to the deployment's own.",
  },
  *check(input) {
    const { namespace: own } = input.deployment;
    for (const { fields, label, path } of customDocuments(input)) {
      const { namespace } = fields;
      if (namespace !== undefined && namespace !== null && namespace !== "" && namespace !== own)
        yield forbidden(path, namespace, `${label} belongs to another namespace than ${own}`);
    }
  },
};

export default rule;
