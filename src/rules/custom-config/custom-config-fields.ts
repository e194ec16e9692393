import type { EngineSettings } from "../../config/settings.ts";
import { type Finding, invalid } from "../../diagnostics/finding.ts";
import { customDocuments, type NamedDocument } from "../custom-documents.ts";
import { misreading } from "../field-words.ts";
import type { ObjectRule } from "../rule.ts";
import { yamlCost } from "../yaml-cost.ts";

const requiredFields = (kind: unknown): readonly string[] => [
  "apiVersion",
  "kind",
  "name",
  ...(kind === "Mapping" ? ["prefix", "service"] : []),
];

function* missing(document: NamedDocument, settings: EngineSettings): Iterable<Finding> {
  const { fields, label, path } = document;
  for (const field of requiredFields(fields.kind)) {
    const value = fields[field];
    if (value === undefined || value === null || value === "")
      yield invalid(path, value, `${label} has no ${field}${field === "kind" ? yamlCost(settings) : ""}`);
    else if (typeof value !== "string")
      yield invalid(
        path,
        value,
        `${field} of ${label} is not a string${misreading(document, [field], value)}`,
      );
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
    for (const document of customDocuments(input)) yield* missing(document, input.settings);
  },
};

export default rule;
