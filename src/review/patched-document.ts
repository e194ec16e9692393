import { isDeepStrictEqual } from "node:util";
import type { PatchOperation } from "../admission/types.ts";
import { endLastLine } from "./block-edits.ts";
import { type ParsedDocument, parseDocument } from "./document.ts";
import { applyEdits, type Edit } from "./edit.ts";
import { endOfJson } from "./json-scan.ts";
import { jsonAsYaml } from "./json-text.ts";
import { type DocumentObject, objectsOf } from "./objects.ts";
import { applyPatch } from "./patch.ts";
import { Unspliceable } from "./shape.ts";
import type { SourceObject } from "./source.ts";
import { spliceEdits } from "./splice.ts";
import { Unreadable } from "./unreadable.ts";

/** An object and what is to be changed in it. */
export interface Change {
  readonly object: SourceObject;
  readonly patch: readonly PatchOperation[];
}

/** What makes the text of a document say its patched objects. */
export interface DocumentEdits {
  readonly edits: readonly Edit[];
  /** No edit in place would do, so the whole document is written anew, without its comments. */
  readonly isRestated: boolean;
}

type Patches = ReadonlyMap<DocumentObject["node"], readonly PatchOperation[]>;

const noPatch: readonly PatchOperation[] = [];

const valuesOf = (document: ParsedDocument, patches: Patches): unknown[] =>
  objectsOf(document).objects.map(({ value, node }) => applyPatch(value, patches.get(node) ?? noPatch));

function readBack(text: string, format: ParsedDocument["format"]): unknown[] {
  // Edits in braces are made for YAML, which forgives more than JSON.
  if (format === "json") endOfJson(text, 0);
  const document = parseDocument({ start: 0, text, format });
  return document === undefined ? [] : objectsOf(document).objects.map(({ value }) => value);
}

const depthOf = ({ path }: PatchOperation): number => path.split("/").length;

// Where a map and the last one inside it end together, what is added to the inner one has to come first.
const deepestFirst = (patch: readonly PatchOperation[]): PatchOperation[] =>
  patch.toSorted((a, b) => depthOf(b) - depthOf(a));

// An operation that has no place of its own may have been done at the anchor that it shares.
function editsFor(text: string, node: DocumentObject["node"], operation: PatchOperation): Edit[] {
  try {
    return spliceEdits(text, node, operation);
  } catch (error) {
    if (!(error instanceof Unspliceable)) throw error;
    return [];
  }
}

const isFaithful = ({ text, format }: ParsedDocument, edits: readonly Edit[], wanted: unknown[]): boolean => {
  try {
    return isDeepStrictEqual(readBack(applyEdits(text, edits), format), wanted);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return false;
  }
};

/** One operation after the other, the text read anew in between, for those that edit the same place. */
function stepwise(
  { text: before, format, ...document }: ParsedDocument,
  patches: Patches,
): string | undefined {
  const nodes = objectsOf({ text: before, format, ...document }).objects.map(({ node }) => node);
  let text = before;
  try {
    for (const [node, patch] of patches)
      for (const operation of patch) {
        const read = parseDocument({ start: 0, text, format });
        const present = read && objectsOf(read).objects[nodes.indexOf(node)]?.node;
        if (present === undefined) return undefined;
        const edits = spliceEdits(text, present, operation);
        text = applyEdits(text, [...edits, ...endLastLine(text, edits)]);
      }
    return text;
  } catch (error) {
    if (error instanceof Unspliceable || error instanceof Unreadable) return undefined;
    throw error;
  }
}

function restated(values: readonly unknown[], format: ParsedDocument["format"]): string {
  const [first] = values;
  const whole = values.length === 1 ? first : { apiVersion: "v1", kind: "List", items: values };
  return format === "json" ? JSON.stringify(whole, null, 2) : jsonAsYaml(JSON.stringify(whole));
}

/** The edits that patch the objects of a document in its own format; all else keeps its bytes where it can. */
export function editsOf(document: ParsedDocument, changes: readonly Change[]): DocumentEdits {
  const { text, format } = document;
  const patches = new Map(changes.map(({ object, patch }) => [object.node, patch]));
  const inner = [...patches].flatMap(([node, patch]) =>
    deepestFirst(patch).flatMap((operation) => editsFor(text, node, operation)),
  );
  const edits = [...inner, ...endLastLine(text, inner)];
  if (edits.length === 0 && [...patches.values()].every((patch) => patch.length === 0))
    return { edits, isRestated: false };
  const wanted = valuesOf(document, patches);
  if (isFaithful(document, edits, wanted)) return { edits, isRestated: false };
  const stepped = stepwise(document, patches);
  if (stepped !== undefined) {
    const whole = [{ start: 0, end: text.length, text: stepped }];
    if (isFaithful(document, whole, wanted)) return { edits: whole, isRestated: false };
  }
  return {
    edits: [{ start: 0, end: text.length, text: restated(wanted, format) }],
    isRestated: true,
  };
}

/** The changes that change something, by the document that they are in. */
export function changesByDocument(changes: readonly Change[]): ReadonlyMap<ParsedDocument, Change[]> {
  const byDocument = new Map<ParsedDocument, Change[]>();
  for (const change of changes) {
    if (change.patch.length === 0) continue;
    const { document } = change.object;
    const others = byDocument.get(document);
    if (others === undefined) byDocument.set(document, [change]);
    else others.push(change);
  }
  return byDocument;
}
