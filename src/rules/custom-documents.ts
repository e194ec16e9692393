import type { FieldPath } from "../diagnostics/field-path.ts";
import { fieldsOf, isMap } from "../mapping/custom.ts";
import type { CustomText } from "../mapping/subject.ts";
import type { MappingFields } from "../mapping/types.ts";
import type { DocumentSource } from "../mapping/yaml-source.ts";
import type { RuleInput } from "./rule.ts";

/** One document of the author's configuration with what its findings need. */
export interface NamedDocument {
  readonly fields: MappingFields;
  /** As it is written: the fields may sit in `spec`. */
  readonly value: MappingFields;
  readonly source: DocumentSource;
  /** How messages call it: `document 2 (canary)`. */
  readonly label: string;
  readonly path: FieldPath;
}

/** Longer names are cut: a warning has 120 characters in all. */
const maxNameLength = 40;

/** The documents that are maps; the others are told of by custom-config-yaml. */
export const customDocuments = ({ customs }: Pick<RuleInput, "customs">): readonly NamedDocument[] =>
  customs.flatMap(documentsIn);

/** The Mappings among them. */
export const customMappings = (input: Pick<RuleInput, "customs">): readonly NamedDocument[] =>
  customDocuments(input).filter(({ fields }) => fields.kind === "Mapping");

function documentsIn({ source: { path, predictor }, parsed }: CustomText): readonly NamedDocument[] {
  const owner = ownerOf(predictor);
  return parsed.documents.flatMap(({ index, value, source }) => {
    if (!isMap(value)) return [];
    const fields = fieldsOf(value);
    return [{ fields, value, source, label: `${owner}document ${index + 1}${nameOf(fields)}`, path }];
  });
}

/** A warning shows the key of an annotation only, and several predictors may carry one. */
export const ownerOf = (predictor: number | undefined): string =>
  predictor === undefined ? "" : `predictors[${predictor}] `;

const nameOf = ({ name }: MappingFields): string =>
  typeof name === "string" && name !== "" ? ` (${shorten(name)})` : "";

const shorten = (name: string): string =>
  name.length <= maxNameLength ? name : `${name.slice(0, maxNameLength - 1).toWellFormed()}…`;
