import type { ParsedDocument } from "./document.ts";
import { applyEdits } from "./edit.ts";
import { jsonAsYaml } from "./json-text.ts";
import { type Change, changesByDocument, editsOf } from "./patched-document.ts";
import type { Source, SourceObject } from "./source.ts";

/** A YAML stream, and the objects whose documents had to be written anew. */
export interface YamlStream {
  readonly text: string;
  readonly restated: readonly SourceObject[];
}

class Printing {
  readonly restated: SourceObject[] = [];
  readonly #changes: ReadonlyMap<ParsedDocument, Change[]>;

  constructor(changes: readonly Change[]) {
    this.#changes = changesByDocument(changes);
  }

  source({ text, documents }: Source): string {
    if (documents.some(({ format }) => format === "json"))
      return documents.map((document) => jsonAsYaml(this.#document(document))).join("---\n");
    const edits = documents.map((document) => {
      const { start, text } = document;
      return { start, end: start + text.length, text: this.#document(document) };
    });
    const whole = applyEdits(text, edits);
    return whole === "" || whole.endsWith("\n") ? whole : `${whole}\n`;
  }

  // An anchor that is shared, or annotations that are merged in, leave no place to edit that is the object's own.
  #document(document: ParsedDocument): string {
    const changes = this.#changes.get(document) ?? [];
    const { edits, isRestated } = editsOf(document, changes);
    if (isRestated) this.restated.push(...changes.map(({ object }) => object));
    return applyEdits(document.text, edits);
  }
}

const isSeparated = (text: string): boolean => /^---(\s|$)/.test(text);

/**
 * The whole input as one YAML stream with the changes made. Everything else in YAML sources, comments
 * included, keeps its bytes; JSON is laid out anew. kubectl reads the stream to exactly the patched objects.
 */
export function yamlStream(sources: readonly Source[], changes: readonly Change[]): YamlStream {
  const printing = new Printing(changes);
  let text = "";
  for (const source of sources) {
    const part = printing.source(source);
    // A stream that began with { would be read as JSON.
    const separates = !isSeparated(part) && (text !== "" || part.startsWith("{"));
    text += `${separates ? "---\n" : ""}${part}`;
  }
  return { text, restated: printing.restated };
}
