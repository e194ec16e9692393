import { type Finding, invalid } from "../../diagnostics/finding.ts";
import { customDocuments, type NamedDocument } from "../custom-documents.ts";
import type { ObjectRule } from "../rule.ts";

const requiredFields = (kind: unknown): readonly string[] => [
  "apiVersion",
  "kind",
  "name",
  ...(kind === "Mapping" ? ["prefix", "service"] : []),
];

function* missing({ fields, label, path }: NamedDocument): Iterable<Finding> {
  for (const field of requiredFields(fields.kind)) {
    const value = fields[field];
    if (value === undefined || value === null || value === "")
      yield invalid(path, value, `${label} has no ${field}`);
    else if (typeof value !== "string") yield invalid(path, value, `${field} of ${label} is not a string`);
  }
}

const rule: ObjectRule = {
  id: "custom-config-fields",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "Each custom document has apiVersion, kind and name, and each Mapping prefix and service, as strings.",
    why: "Ambassador drops a document without them, one without a name even in silence.",
    fix: "Add the field, in quotes: bare yes, no, on, off, n and numbers are not strings in YAML 1.1.",
  },
  *check(input) {
    for (const document of customDocuments(input)) yield* missing(document);
  },
};

export default rule;
