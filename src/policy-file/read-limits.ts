import type { FieldPath } from "../diagnostics/field-path.ts";
import type { Limits, LimitsEntry, Sourced } from "../policy/types.ts";
import type { LineOf } from "./parse.ts";
import type { RawLimits } from "./raw-policy.ts";
import { selectorOf } from "./read-selector.ts";

/** One limit of an entry, and the field that sets it. */
interface RawLimit {
  /** `restTimeout.max` */
  readonly field: string;
  readonly value: unknown;
  readonly path: FieldPath;
}

/** All limits of an entry, in the order of the file. */
function limitsIn({ namespaces: _, namespaceSelector: __, ...sections }: RawLimits): readonly RawLimit[] {
  return Object.entries(sections).flatMap(([section, fields]) =>
    Array.isArray(fields)
      ? [{ field: section, value: fields, path: [section] }]
      : Object.entries(fields).map(([field, value]) => ({
          field: `${section}.${field}`,
          value,
          path: [section, field],
        })),
  );
}

/** An entry as it is worked with. The schema has seen to the fields and their types. */
export function limitsEntry(raw: RawLimits, index: number, lineOf: LineOf): LimitsEntry {
  const sourced = limitsIn(raw).map(({ field, value, path }): [string, Sourced<unknown>] => [
    field,
    { value, line: lineOf("limits", index, ...path) },
  ]);
  return {
    selector: selectorOf(raw),
    line: lineOf("limits", index),
    limits: Object.fromEntries(sourced) as Limits,
  };
}
