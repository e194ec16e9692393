import { isMap, isScalar, type Node, type Pair, Scalar, type YAMLMap } from "yaml";
import type { PatchOperation } from "../admission/types.ts";
import { fromJsonPointer } from "../diagnostics/field-path.ts";
import { type Edit, lineStart, nextLine } from "./edit.ts";
import { blockOf, entriesOf, flowOf, type Insertion, quoted } from "./written.ts";

type Entry = Pair<Node, Node | null>;
type Range = readonly [start: number, end: number];

/** The text around has a shape that cannot be edited in place. */
export class Unspliceable extends Error {
  override readonly name = "Unspliceable";
}

const rangeOf = (node: Node): Range => {
  if (!node.range) throw new Unspliceable("a node without a place");
  return [node.range[0], node.range[1]];
};

const mapOf = (node: Node | null | undefined): YAMLMap<Node, Node | null> => {
  if (!isMap<Node, Node | null>(node)) throw new Unspliceable("not a map of its own");
  return node;
};

// The last one of several counts.
const entryOf = (map: YAMLMap<Node, Node | null>, key: string | number | undefined): Entry | undefined =>
  map.items.findLast((entry) => isScalar(entry.key) && entry.key.value === key);

/** Where the last character of a value in block style stands; a comment may follow on its line. */
function endOf(node: Node): number {
  const [, end] = rangeOf(node);
  if (!isMap<Node, Node | null>(node) || node.flow) return "items" in node && !(node as YAMLMap).flow ? endOfList(node) : end;
  const last = node.items.at(-1);
  return last === undefined ? end : endOfEntry(last);
}

const endOfList = (node: Node): number => {
  const last = (node as unknown as { items: (Node | null)[] }).items.at(-1);
  return last ? endOf(last) : rangeOf(node)[1];
};

const endOfEntry = ({ key, value }: Entry): number => (value === null ? rangeOf(key)[1] : endOf(value));

/** Edits one document's text so that it says what a patch does to the object at `root`. */
export class Splice {
  readonly #text: string;
  readonly #newline: string;

  constructor(text: string) {
    this.#text = text;
    this.#newline = text.includes("\r\n") ? "\r\n" : "\n";
  }

  /** Throws Unspliceable for shapes that it does not know. */
  edits(root: Node, operation: PatchOperation): Edit[] {
    const path = fromJsonPointer(operation.path);
    const owners = path.slice(0, -1).reduce<{ map: YAMLMap<Node, Node | null>; entry?: Entry }[]>(
      (found, part) => {
        const above = found.at(-1)?.map;
        const entry = above && entryOf(above, part);
        return [...found, { map: mapOf(entry?.value), ...(entry && { entry }) }];
      },
      [{ map: mapOf(root) }],
    );
    const { map, entry: owner } = owners.at(-1) ?? { map: mapOf(root) };
    const key = path.at(-1);
    const entry = entryOf(map, key);
    if (operation.op === "remove") return entry === undefined ? [] : this.#remove(map, entry, owner);
    const value = operation.value as Insertion;
    if (entry !== undefined) return this.#replace(map, entry, value);
    const isInFlow = owners.at(-2)?.map.flow === true;
    if (owner !== undefined && !isInFlow && this.#isBareEmpty(map))
      return this.#replace(owners.at(-2)?.map ?? map, owner, { [String(key)]: value } as Insertion);
    return map.flow ? this.#insertInFlow(map, String(key), value) : this.#append(map, String(key), value);
  }

  #isBareEmpty(map: YAMLMap<Node, Node | null>): boolean {
    return map.flow === true && map.items.length === 0 && /^\{\s*\}$/.test(this.#text.slice(...rangeOf(map)));
  }

  #insertInFlow(map: YAMLMap<Node, Node | null>, key: string, value: Insertion): Edit[] {
    const [first] = map.items;
    const at = first === undefined ? rangeOf(map)[0] + 1 : rangeOf(first.key)[0];
    const text = `${quoted(key)}: ${flowOf(value)}${first === undefined ? "" : ", "}`;
    return [{ start: at, end: at, text }];
  }

  #append(map: YAMLMap<Node, Node | null>, key: string, value: Insertion): Edit[] {
    const [last] = map.items.slice(-1);
    if (last === undefined) throw new Unspliceable("a block without entries");
    return [this.#below(endOfEntry(last), entriesOf({ [key]: value }, this.#indentOf(last)))];
  }

  /** The column of an entry; `- ` before it counts like spaces. */
  #indentOf({ key }: Entry): string {
    const [start] = rangeOf(key);
    return " ".repeat(start - lineStart(this.#text, start));
  }

  /** Puts lines below the one in which `offset` ends something. */
  #below(offset: number, lines: readonly string[]): Edit {
    const isAtStart = this.#text[offset - 1] === "\n";
    const at = isAtStart ? offset : nextLine(this.#text, offset);
    const isOpen = at === this.#text.length && this.#text[at - 1] !== "\n";
    const text = lines.map((line) => `${line}${this.#newline}`).join("");
    return { start: at, end: at, text: isOpen && text !== "" ? `${this.#newline}${text}` : text };
  }

  #replace(map: YAMLMap<Node, Node | null>, entry: Entry, value: Insertion): Edit[] {
    const [start, end] = entry.value === null ? [rangeOf(entry.key)[1], rangeOf(entry.key)[1]] : rangeOf(entry.value);
    if (map.flow) {
      const colon = entry.value === null ? ": " : start === end ? " " : "";
      return [{ start, end, text: `${colon}${flowOf(value)}` }];
    }
    if (entry.value === null) throw new Unspliceable("a key without a colon");
    const { head, lines } = blockOf(value, this.#indentOf(entry));
    // Whatever comment follows the old value, or the head of an old block, stays on that line.
    const headEnd = isBlockScalar(entry.value) ? start + this.#headLength(start) : end;
    const space = head === "" || this.#text[start - 1] === ":" ? /[ \t]*$/.exec(this.#text.slice(0, start)) : null;
    const from = start - (space?.[0].length ?? 0);
    const body = this.#below(headEnd, lines);
    const old = isBlockScalar(entry.value) ? { ...body, end: Math.max(end, body.start) } : body;
    return [{ start: from, end: headEnd, text: head === "" ? "" : from === start && this.#text[start - 1] !== ":" ? head : ` ${head}` }, old];
  }

  #headLength(start: number): number {
    return /^[|>][-+0-9]*/.exec(this.#text.slice(start, start + 8))?.[0].length ?? 0;
  }

  #remove(map: YAMLMap<Node, Node | null>, entry: Entry, owner: Entry | undefined): Edit[] {
    if (map.flow) return [this.#removeFromFlow(entry)];
    const [keyStart, keyEnd] = rangeOf(entry.key);
    const start = lineStart(this.#text, keyStart);
    if (this.#text.slice(start, keyStart).trim() !== "") throw new Unspliceable("an entry that shares its line");
    const stop = endOfEntry(entry);
    const end = this.#text[stop - 1] === "\n" ? stop : nextLine(this.#text, stop);
    const comment = this.#commentOf(entry, stop);
    const kept = comment === "" ? "" : `${this.#text.slice(start, keyStart)}${comment}${this.#newline}`;
    const removal = { start, end, text: kept };
    if (map.items.length > 1 || owner === undefined || keyEnd < 0) return [removal];
    const colon = this.#text.indexOf(":", rangeOf(owner.key)[1]) + 1;
    return [{ start: colon, end: colon, text: " {}" }, removal];
  }

  #removeFromFlow(entry: Entry): Edit {
    const [start] = rangeOf(entry.key);
    const end = endOfEntry(entry);
    const comma = /^\s*,[ \t]*/.exec(this.#text.slice(end))?.[0].length ?? 0;
    return { start, end: end + comma, text: "" };
  }

  /** The comment on the line where an entry's value ends or, for a block, begins. */
  #commentOf({ value }: Entry, stop: number): string {
    const from = value !== null && isBlockScalar(value) ? rangeOf(value)[0] : stop;
    const rest = this.#text.slice(from, nextLine(this.#text, from)).trimEnd();
    return /(?:^|\s)(#.*)$/.exec(rest)?.[1] ?? "";
  }
}

const isBlockScalar = (node: Node): boolean =>
  isScalar(node) && (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED);
