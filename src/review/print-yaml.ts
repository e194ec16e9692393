import { isDeepStrictEqual } from "node:util";
import type { PatchOperation } from "../admission/types.ts";
import { type ParsedDocument, parseDocument } from "./document.ts";
import { applyEdits, type Edit } from "./edit.ts";
import { jsonAsYaml } from "./json-text.ts";
import { type DocumentObject, objectsOf } from "./objects.ts";
import { applyPatch } from "./patch.ts";
import { Unspliceable } from "./shape.ts";
import type { Source, SourceObject } from "./source.ts";
import { spliceEdits } from "./splice.ts";
import { Unreadable } from "./unreadable.ts";

/** An object and what is to be changed in it. */
export interface Change {
  readonly object: SourceObject;
  readonly patch: readonly PatchOperation[];
}

type Patches = ReadonlyMap<DocumentObject["node"], readonly PatchOperation[]>;

const noPatch: readonly PatchOperation[] = [];

const valuesOf = (document: ParsedDocument, patches: Patches): unknown[] =>
  objectsOf(document).objects.map(({ value, node }) => applyPatch(value, patches.get(node) ?? noPatch));

function readBack(text: string): unknown[] {
  const document = parseDocument({ start: 0, text, format: "yaml" });
  return document === undefined ? [] : objectsOf(document).objects.map(({ value }) => value);
}

const depthOf = ({ path }: PatchOperation): number => path.split("/").length;

// Where a map and the last one inside it end together, what is added to the inner one has to come first.
const deepestFirst = (patch: readonly PatchOperation[]): PatchOperation[] =>
  patch.toSorted((a, b) => depthOf(b) - depthOf(a));

function spliced({ text, format }: ParsedDocument, patches: Patches): string {
  const edits = [...patches].flatMap(([node, patch]) =>
    deepestFirst(patch).flatMap((operation): Edit[] => spliceEdits(text, node, operation)),
  );
  const edited = applyEdits(text, edits);
  return format === "json" ? jsonAsYaml(edited) : edited;
}

function restated(values: readonly unknown[]): string {
  const [first] = values;
  const whole = values.length === 1 ? first : { apiVersion: "v1", kind: "List", items: values };
  return jsonAsYaml(JSON.stringify(whole));
}

/** The text of a document with its objects patched; undefined when no edit makes it read back as them. */
function patchedText(
  document: ParsedDocument,
  patches: Patches,
  wanted: readonly unknown[],
): string | undefined {
  try {
    const candidate = spliced(document, patches);
    return isDeepStrictEqual(readBack(candidate), wanted) ? candidate : undefined;
  } catch (error) {
    if (!(error instanceof Unspliceable || error instanceof Unreadable)) throw error;
    return undefined;
  }
}

/** A YAML stream, and the objects whose documents had to be written anew. */
export interface YamlStream {
  readonly text: string;
  readonly restated: readonly SourceObject[];
}

class Printing {
  readonly restated: SourceObject[] = [];
  readonly #changes = new Map<ParsedDocument, Change[]>();

  constructor(changes: readonly Change[]) {
    for (const change of changes) {
      if (change.patch.length === 0) continue;
      const { document } = change.object;
      const others = this.#changes.get(document);
      if (others === undefined) this.#changes.set(document, [change]);
      else others.push(change);
    }
  }

  source({ text, documents }: Source): string {
    if (documents.some(({ format }) => format === "json"))
      return documents.map((document) => this.#document(document)).join("---\n");
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
    if (changes.length === 0) return document.format === "json" ? jsonAsYaml(document.text) : document.text;
    const patches = new Map(changes.map(({ object, patch }) => [object.node, patch]));
    const wanted = valuesOf(document, patches);
    const text = patchedText(document, patches, wanted);
    if (text !== undefined) return text;
    this.restated.push(...changes.map(({ object }) => object));
    return restated(wanted);
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
