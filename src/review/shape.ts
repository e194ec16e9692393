import {
  isCollection,
  isMap,
  isScalar,
  type Node,
  type Pair,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";

/** A map of a parsed document. */
export type MapNode = YAMLMap<Node, Node | null>;

/** `key: value` of a map; the value is null for a key without a colon. */
export type Entry = Pair<Node, Node | null>;

/** The text around has a shape that cannot be edited in place. */
export class Unspliceable extends Error {
  override readonly name = "Unspliceable";
}

/** Where a node's own text starts and ends, without anchor, tag and comments. */
export function rangeOf(node: Node): readonly [start: number, end: number] {
  if (!node.range) throw new Unspliceable("a node without a place");
  return [node.range[0], node.range[1]];
}

/** The node as a map that is written at its place: an alias is not. */
export function asMap(node: Node | null | undefined): MapNode {
  if (!isMap<Node, Node | null>(node)) throw new Unspliceable("not a map of its own");
  return node;
}

/** The entry of a key; the last one of several, for that one counts. */
export const entryOf = (map: MapNode, key: string): Entry | undefined =>
  map.items.findLast((entry) => isScalar(entry.key) && entry.key.value === key);

/** Whether the node is a scalar introduced by `|` or `>`. */
export const isBlockScalar = (node: Node | null): boolean =>
  isScalar(node) && (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED);

/** Where the text of a node ends: behind its last character, a block scalar's line break included. */
export function endOf(node: Node): number {
  const last =
    isCollection(node) && !node.flow ? (node as MapNode | YAMLSeq<Node | null>).items.at(-1) : undefined;
  if (!last) return rangeOf(node)[1];
  return "key" in last ? endOfEntry(last) : endOf(last);
}

/** Where the text of an entry ends. */
export const endOfEntry = ({ key, value }: Entry): number => endOf(value ?? key);
