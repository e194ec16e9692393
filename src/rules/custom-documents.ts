import type { FieldPath } from "../diagnostics/field-path.ts";
import { fieldsOf, isMap } from "../mapping/custom.ts";
import type { MappingFields } from "../mapping/types.ts";
import type { RuleInput } from "./rule.ts";

/** One document of the author's configuration with what its findings need. */
export interface NamedDocument {
  readonly fields: MappingFields;
  /** How messages call it: `document 2 (canary)`. */
  readonly label: string;
  readonly path: FieldPath;
}

/** The documents that are maps; the others are told of by custom-config-yaml. */
export function customDocuments({ configuration, custom }: RuleInput): readonly NamedDocument[] {
  const path = configuration.custom?.path ?? [];
  return (custom?.documents ?? []).flatMap(({ index, value }) => {
    if (!isMap(value)) return [];
    const fields = fieldsOf(value);
    const name =
      typeof fields.name === "string" && fields.name !== "" ? ` (${fields.name.slice(0, 60)})` : "";
    return [{ fields, label: `document ${index + 1}${name}`, path }];
  });
}
