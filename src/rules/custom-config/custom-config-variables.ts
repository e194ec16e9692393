import { formatFieldPath } from "../../diagnostics/field-path.ts";
import { forbidden } from "../../diagnostics/finding.ts";
import { customDocuments } from "../custom-documents.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "custom-config-variables",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "A custom configuration holds no $NAME, with braces or without.",
    why: "Ambassador replaces them from its own pod's environment, however they are quoted or escaped.",
    fix: "Write the value itself; a $ at the end of an expression or before another sign stays as it is.",
  },
  *check(input) {
    for (const { source, label, path } of customDocuments(input))
      for (const variable of source.variables) {
        const where = formatFieldPath(variable.path);
        yield forbidden(
          path,
          variable.found,
          `${label}: ${where ? `${where}: ` : ""}Ambassador would replace it`,
        );
      }
  },
};

export default rule;
