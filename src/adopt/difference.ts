import { stringify } from "yaml";
import { isMap } from "../mapping/custom.ts";
import type { Palette } from "../review/palette.ts";
import { paintDiff, unifiedDiff } from "../review/unified-diff.ts";

/** As kubectl shows an object, without what nobody reads: the owners of its fields. */
function shown(raw: unknown): string {
  const { metadata, ...rest } = isMap(raw) ? raw : {};
  const { managedFields: _, ...kept } = isMap(metadata) ? metadata : {};
  const { apiVersion, kind, spec, status } = rest;
  return stringify(
    { apiVersion, kind, metadata: kept, spec, status },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

/** The unified diff between a deployment as it is stored and as it is to become. */
export function differenceOf(name: string, before: unknown, after: unknown, paint: Palette): string {
  const text = shown(before);
  const edit = { start: 0, end: text.length, text: shown(after) };
  return paintDiff(unifiedDiff(name, text, [edit]), paint);
}
