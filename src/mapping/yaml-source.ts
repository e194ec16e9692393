import { type Document, isMap, isScalar, isSeq } from "yaml";
import { type FieldPath, toJsonPointer } from "../diagnostics/field-path.ts";
import { variableIn } from "../seldon/header.ts";

/** A key of a map that YAML 1.1 does not read as the text that was written. */
export interface MisreadKey {
  /** Path of the map that holds it. */
  readonly parent: FieldPath;
  readonly written: string;
  readonly read: string;
}

/** What the values of a document no longer tell: how they were written. */
export interface DocumentSource {
  /** By JSON pointer: the text of each unquoted scalar that is no string. */
  readonly unquoted: ReadonlyMap<string, string>;
  readonly misreadKeys: readonly MisreadKey[];
  /** The `$NAME`s in keys and values, with the path of the value. */
  readonly variables: readonly { readonly path: FieldPath; readonly found: string }[];
}

interface Visit {
  readonly node: unknown;
  readonly key: string | number | undefined;
  readonly parent: Visit | undefined;
  readonly depth: number;
}

interface Found {
  readonly unquoted: Map<string, string>;
  readonly misreadKeys: MisreadKey[];
  readonly variables: { path: FieldPath; found: string }[];
}

/** No field that is judged lies deeper. */
const maxDepth = 8;

/** More mistakes of one kind in one document are not listed. */
const maxListed = 20;

/** Walks a document in its order, so that of two equal keys the last one counts. Aliases are not followed. */
export function sourceOf({ contents }: Document): DocumentSource {
  const found: Found = { unquoted: new Map(), misreadKeys: [], variables: [] };
  const visits: Visit[] = [{ node: contents, key: undefined, parent: undefined, depth: 0 }];
  // The list grows while it is walked: nesting is the author's to choose.
  for (const visit of visits) {
    if (isScalar(visit.node)) noteScalar(visit, found);
    else for (const child of childrenOf(visit, found)) visits.push(child);
  }
  return found;
}

function childrenOf(parent: Visit, found: Found): readonly Visit[] {
  const { node, depth } = parent;
  if (isSeq(node)) return node.items.map((item, key) => ({ node: item, key, parent, depth: depth + 1 }));
  if (isMap(node)) return node.items.flatMap((pair) => entry(pair, parent, found));
  return [];
}

function entry({ key, value }: { key: unknown; value: unknown }, parent: Visit, found: Found): Visit[] {
  if (!isScalar(key)) return [];
  noteKey(key, parent, found);
  return [{ node: value, key: String(key.value ?? ""), parent, depth: parent.depth + 1 }];
}

function noteScalar(visit: Visit, { unquoted, variables }: Found): void {
  const { value, source } = visit.node as { value: unknown; source?: string };
  if (typeof value === "string") noteVariable(value, visit, variables);
  else if (source !== undefined && visit.depth <= maxDepth)
    unquoted.set(toJsonPointer(pathOf(visit)), source);
}

function noteKey(key: { value: unknown; source?: string }, parent: Visit, found: Found): void {
  const { value, source = "" } = key;
  if (typeof value === "string") noteVariable(value, parent, found.variables);
  else if (!isFaithful(value, source) && found.misreadKeys.length < maxListed)
    found.misreadKeys.push({ parent: pathOf(parent), written: source, read: String(value) });
}

/** A number may keep its digits, and a merge key (`<<`) is a symbol. */
const isFaithful = (value: unknown, source: string): boolean =>
  typeof value === "symbol" || (typeof value === "number" && String(value) === source);

function noteVariable(text: string, visit: Visit, variables: Found["variables"]): void {
  const name = variables.length < maxListed ? variableIn(text) : undefined;
  if (name !== undefined) variables.push({ path: pathOf(visit), found: name });
}

function pathOf(visit: Visit): FieldPath {
  const path: (string | number)[] = [];
  for (let at: Visit | undefined = visit; at?.key !== undefined; at = at.parent) path.push(at.key);
  return path.reverse();
}
