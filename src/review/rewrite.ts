import { applyEdits, type Edit } from "./edit.ts";
import { skipSpace } from "./json-scan.ts";
import { type Change, changesByDocument, editsOf } from "./patched-document.ts";
import type { Source, SourceObject } from "./source.ts";

/** A file with its changes made, in its own format. */
export interface Rewriting {
  readonly source: Source;
  /** The whole file as it was, byte order mark included. */
  readonly before: string;
  /** What leads from there to `text`. */
  readonly edits: readonly Edit[];
  readonly text: string;
  /** The objects whose documents had to be written anew. */
  readonly restated: readonly SourceObject[];
}

/** Makes the changes in the text of a file: YAML stays YAML, JSON stays JSON, and all else keeps its bytes. */
export function rewrite(source: Source, changes: readonly Change[]): Rewriting {
  const byDocument = changesByDocument(changes);
  const before = source.byteOrderMark + source.text;
  const edits: Edit[] = [];
  const restated: SourceObject[] = [];
  for (const document of source.documents) {
    const own = byDocument.get(document);
    if (own === undefined) continue;
    const made = editsOf(document, own);
    const offset = source.byteOrderMark.length + document.start;
    edits.push(
      ...made.edits.map(({ start, end, text }) => ({ start: offset + start, end: offset + end, text })),
    );
    if (made.isRestated) restated.push(...own.map(({ object }) => object));
  }
  const start = source.byteOrderMark.length;
  const edited = applyEdits(before, edits);
  // A YAML file that began with { would be read as JSON.
  const isYaml = source.documents.every(({ format }) => format === "yaml");
  if (edits.length > 0 && isYaml && edited[skipSpace(edited, start)] === "{")
    edits.unshift({ start, end: start, text: "---\n" });
  return { source, before, edits, text: applyEdits(before, edits), restated };
}
