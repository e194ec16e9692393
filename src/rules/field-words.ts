import { type FieldPath, formatFieldPath, toJsonPointer } from "../diagnostics/field-path.ts";
import { isMap, specOf } from "../mapping/custom.ts";
import type { NamedDocument } from "./custom-documents.ts";

/** Where a field stands in a document as it is written: in the form of a Kubernetes object below `spec`. */
export function writtenPath({ value }: NamedDocument, path: FieldPath): FieldPath {
  const [field] = path;
  const isFlat = field === undefined || Object.hasOwn(value, field);
  if (isFlat) return path;
  if ((field === "name" || field === "namespace") && isMap(value.metadata)) return ["metadata", ...path];
  return Object.hasOwn(specOf(value), field) ? ["spec", ...path] : path;
}

/** `retry_policy.retry_on`, or `spec.retry_policy.retry_on` */
export const fieldName = (document: NamedDocument, path: FieldPath): string =>
  formatFieldPath(writtenPath(document, path));

const kinds: Readonly<Record<string, string>> = { boolean: "the boolean", number: "the number" };

/** How YAML 1.1 misread an unquoted value, as a remark: ` (on is the boolean true)`. */
export function misreading(document: NamedDocument, path: FieldPath, value: unknown): string {
  const written = document.source.unquoted.get(toJsonPointer(writtenPath(document, path)));
  if (written === undefined || written === "" || written === String(value)) return "";
  if (value instanceof Date) return ` (${written.slice(0, 40)} is a date in YAML)`;
  const kind = kinds[typeof value];
  return kind === undefined ? "" : ` (${written.slice(0, 40)} is ${kind} ${String(value)} in YAML 1.1)`;
}
