import type { EngineSettings } from "../../config/settings.ts";
import { type Finding, unsupported } from "../../diagnostics/finding.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import { rejectsMetadataForm, rejectsUnknownFields } from "../../mapping/ambassador-version.ts";
import {
  checkFields,
  mappingFields,
  type SchemaVersion,
  schemaVersion,
  type UnknownField,
} from "../../mapping/custom-schema/check.ts";
import { customDocuments, type NamedDocument } from "../custom-documents.ts";
import { fieldName } from "../field-words.ts";
import type { ObjectRule } from "../rule.ts";

/** What an older version calls a field of a newer one. */
const renamed: Readonly<Record<string, string>> = { hostname: "host", health_checks: "v3health_checks" };

function advice({ path, known }: UnknownField, version: SchemaVersion): string {
  const name = String(path.at(-1));
  const meant = Object.hasOwn(renamed, name) ? renamed[name] : nearest(name, known);
  if (meant !== undefined && known.includes(meant)) return `; did you mean ${meant}`;
  const isNewer = path.length === 1 && version === "v1" && Object.hasOwn(mappingFields.v2, name);
  return isNewer ? "; getambassador.io/v2 has it" : "";
}

function* unknownFields(document: NamedDocument, release: string | undefined): Iterable<Finding> {
  const { fields, label, path } = document;
  const version = schemaVersion(fields.apiVersion);
  if (version === undefined) return;
  const isFatal = release !== undefined && rejectsUnknownFields(release);
  const cost = isFatal ? `: unknown, Ambassador ${release} drops the document` : " is dropped";
  for (const field of checkFields(fields, version).unknown) {
    const message = `${label}: ${fieldName(document, field.path)}${cost}${advice(field, version)}`;
    yield unsupported(path, field.value, message, isFatal ? {} : { severity: "warning" });
  }
}

function* objectForm({ value, label, path }: NamedDocument, release: string | undefined): Iterable<Finding> {
  if (release === undefined || !rejectsMetadataForm(release)) return;
  for (const field of ["metadata", "spec"])
    if (Object.hasOwn(value, field))
      yield unsupported(
        path,
        value[field],
        `${label}: ${field}: unknown, Ambassador ${release} wants it flat`,
      );
}

const releaseOf = ({ ambassador }: EngineSettings): string | undefined => ambassador.version;

const rule: ObjectRule = {
  id: "custom-config-field-known",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "The fields of custom documents are known to their apiVersion; a warning from Ambassador 2 on.",
    why: "Ambassador 1.x drops a document with an unknown field, later releases the field alone, in silence.",
    fix: "Correct the name, remove the field, or use an apiVersion that has it.",
  },
  *check(input) {
    for (const document of customDocuments(input)) {
      yield* unknownFields(document, releaseOf(input.settings));
      yield* objectForm(document, releaseOf(input.settings));
    }
  },
};

export default rule;
