import { type FieldPath, formatFieldPath, toJsonPointer } from "../../diagnostics/field-path.ts";
import { type Finding, invalid } from "../../diagnostics/finding.ts";
import { isMap } from "../../mapping/custom.ts";
import { customDocuments, type NamedDocument } from "../custom-documents.ts";
import { fieldName, writtenPath } from "../field-words.ts";
import type { ObjectRule } from "../rule.ts";

/** Maps whose values may be `true`, which asks for presence, or a string. */
const conditions = ["headers", "query_parameters"];

function* misreadKeys({ source, label, path }: NamedDocument): Iterable<Finding> {
  for (const { parent, written, read } of source.misreadKeys) {
    const where = parent.length === 0 ? "" : `${formatFieldPath(parent)}: `;
    const shown = written === "" ? "an empty key" : `the key ${written.slice(0, 40)}`;
    yield invalid(path, written, `${label}: ${where}${shown} is read as ${read} in YAML 1.1`);
  }
}

function problemOf(document: NamedDocument, path: FieldPath, value: boolean): string | undefined {
  const written = document.source.unquoted.get(toJsonPointer(writtenPath(document, path)));
  if (written !== undefined && !/^(true|false)$/i.test(written))
    return `${written} is the boolean ${value} in YAML 1.1`;
  return value ? undefined : "false makes no condition of it";
}

function* booleanConditions(document: NamedDocument): Iterable<Finding> {
  for (const field of conditions) {
    const map = document.fields[field];
    if (!isMap(map)) continue;
    for (const [name, value] of Object.entries(map)) {
      const problem = typeof value === "boolean" ? problemOf(document, [field, name], value) : undefined;
      if (problem !== undefined)
        yield invalid(
          document.path,
          value,
          `${document.label}: ${fieldName(document, [field, name])}: ${problem}`,
        );
    }
  }
}

const rule: ObjectRule = {
  id: "custom-config-unquoted",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "Keys and header values are what they look like in YAML 1.1.",
    why: "A bare key n becomes false, and a header value yes matches any value or makes the route unconditional.",
    fix: 'Quote it; a header that must only be present is written as true (in v3alpha1: regex_headers ".*").',
  },
  *check(input) {
    for (const document of customDocuments(input)) {
      yield* misreadKeys(document);
      yield* booleanConditions(document);
    }
  },
};

export default rule;
