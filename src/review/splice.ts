import { isScalar, isSeq, type Node } from "yaml";
import type { PatchOperation } from "../admission/types.ts";
import { type FieldPath, fromJsonPointer } from "../diagnostics/field-path.ts";
import { appendToBlock, emptyBlock, removeFromBlock, replaceInBlock } from "./block-edits.ts";
import type { Edit } from "./edit.ts";
import { insertInFlow, removeFromFlow, replaceInFlow } from "./flow-edits.ts";
import { asMap, type Entry, endOfEntry, entryOf, type MapNode, rangeOf, Unspliceable } from "./shape.ts";
import type { Insertion } from "./written.ts";

/** A map, and the entry of which map holds it. */
interface Place {
  readonly map: MapNode;
  readonly owner?: { readonly map: MapNode; readonly entry: Entry } | undefined;
}

interface Step {
  readonly node: Node | null;
  readonly owner?: Place["owner"];
}

function step({ node }: Step, key: string): Step {
  if (isSeq<Node | null>(node)) return { node: node.items[Number(key)] ?? null };
  const map = asMap(node);
  const entry = entryOf(map, key);
  if (entry === undefined) throw new Unspliceable(`no ${key} of its own`);
  return { node: entry.value, owner: { map, entry } };
}

function placeAt(root: Node, path: readonly string[]): Place {
  const { node, owner } = path.reduce(step, { node: root });
  return { map: asMap(node), ...(owner && { owner }) };
}

const isBareEmpty = (text: string, map: MapNode): boolean => /^\{[ \t]*\}$/.test(text.slice(...rangeOf(map)));

function add(text: string, { map, owner }: Place, key: string, value: Insertion): Edit[] {
  const last = map.items.at(-1);
  if (last !== undefined && !map.flow) return appendToBlock(text, last, key, value);
  // A `key: {}` in block style becomes a block, which is easier to read than one long line.
  if (owner !== undefined && !owner.map.flow && typeof value === "string" && isBareEmpty(text, map))
    return replaceInBlock(text, owner.entry, { [key]: value });
  return insertInFlow(map, key, value);
}

function remove(text: string, { map, owner }: Place, entry: Entry): Edit[] {
  if (map.flow) return removeFromFlow(text, map, entry);
  const removal = removeFromBlock(text, map, entry);
  return map.items.length > 1 || owner === undefined
    ? removal
    : [...emptyBlock(text, owner.entry), ...removal];
}

/**
 * The edits that make a document's text say what the operation does to the object written at `root`; all else
 * keeps its bytes. Throws Unspliceable for places that are not written where they count, such as an alias.
 */
export function spliceEdits(text: string, root: Node, operation: PatchOperation): Edit[] {
  const path = fromJsonPointer(operation.path).map(String);
  const key = path.pop();
  if (key === undefined) throw new Unspliceable("the whole object");
  const place = placeAt(root, path);
  const entry = entryOf(place.map, key);
  if (operation.op === "remove") {
    if (entry === undefined) throw new Unspliceable(`no ${key} of its own`);
    return remove(text, place, entry);
  }
  const value = operation.value as Insertion;
  if (entry === undefined) return add(text, place, key, value);
  return place.map.flow ? replaceInFlow(entry, value) : replaceInBlock(text, entry, value);
}

const isAmong = ({ key }: Entry, keys: readonly string[]): boolean =>
  isScalar(key) && keys.includes(String(key.value));

/** Whether nothing but space, and in braces a comma, stands between the entries of a map. */
const areAdjacent = (text: string, { items }: MapNode): boolean =>
  items.slice(1).every((entry, index) => {
    const before = items[index];
    return before !== undefined && /^\s*,?\s*$/.test(text.slice(endOfEntry(before), rangeOf(entry.key)[0]));
  });

/**
 * Whether the map at `path` holds the entries of these keys and nothing else, neither another entry nor a comment,
 * an anchor or a tag of its own: what is left without them says nothing.
 */
export function holdsOnly(text: string, root: Node, path: FieldPath, keys: readonly string[]): boolean {
  try {
    const { map, owner } = placeAt(root, path.map(String));
    const [first] = map.items;
    const last = map.items.at(-1);
    if (first === undefined || last === undefined || owner === undefined) return false;
    if (!map.items.every((entry) => isAmong(entry, keys)) || !areAdjacent(text, map)) return false;
    const [start] = rangeOf(first.key);
    const before = text.slice(rangeOf(owner.entry.key)[1], start);
    if (!map.flow) return /^\s*:[ \t]*\r?\n[ \t]*$/.test(before);
    return (
      /^\s*:\s*\{\s*$/.test(before) && /^\s*,?\s*\}$/.test(text.slice(endOfEntry(last), rangeOf(map)[1]))
    );
  } catch (error) {
    if (error instanceof Unspliceable) return false;
    throw error;
  }
}
