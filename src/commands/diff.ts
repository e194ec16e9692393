import { isAbsolute, relative } from "node:path";
import type { Palette } from "../review/palette.ts";
import type { Rewriting } from "../review/rewrite.ts";
import { paintDiff, unifiedDiff } from "../review/unified-diff.ts";

// Seen from here, where the diff is likely to be applied; as a whole from the root where it lies outside.
function nameOf(file: string): string {
  const name = relative("", file);
  return isAbsolute(name) || /^\.\.(\/|$)/.test(name) ? relative("/", file) : name;
}

/** The unified diff of all files that change. */
export const diffOf = (rewritings: readonly Rewriting[], paint: Palette): string =>
  rewritings
    .map(({ source, before, edits }) => paintDiff(unifiedDiff(nameOf(source.file), before, edits), paint))
    .join("");
