import { type Edit, lineStart, nextLine } from "./edit.ts";
import { type Entry, endOfEntry, isBlockScalar, rangeOf, Unspliceable } from "./shape.ts";
import { blockOf, entriesOf, type Insertion } from "./written.ts";

const newlineOf = (text: string): string => (text.includes("\r\n") ? "\r\n" : "\n");

/** Where the line below the one that ends something at `offset` starts. */
const below = (text: string, offset: number): number =>
  text[offset - 1] === "\n" ? offset : nextLine(text, offset);

// The column of an entry; the "- " before the first entry of a list item counts like spaces.
function indentOf(text: string, { key }: Entry): string {
  const [start] = rangeOf(key);
  return " ".repeat(start - lineStart(text, start));
}

const linesAt = (text: string, at: number, lines: readonly string[]): string => {
  const isOpen = lines.length > 0 && at === text.length && text[at - 1] !== "\n";
  const newline = newlineOf(text);
  return (isOpen ? newline : "") + lines.map((line) => line + newline).join("");
};

/** Adds an entry below the last one of a map in block style. */
export function appendToBlock(text: string, last: Entry, key: string, value: Insertion): Edit[] {
  const at = below(text, endOfEntry(last));
  return [{ start: at, end: at, text: linesAt(text, at, entriesOf({ [key]: value }, indentOf(text, last))) }];
}

/** Gives an entry in block style another value. A comment behind the old one, or behind its `|`, stays. */
export function replaceInBlock(text: string, entry: Entry, value: Insertion): Edit[] {
  if (entry.value === null) throw new Unspliceable("a key without a colon");
  const [start, end] = rangeOf(entry.value);
  const { head, lines } = blockOf(value, indentOf(text, entry));
  const isBlock = isBlockScalar(entry.value);
  const headEnd = isBlock ? start + (/^[|>][-+0-9]*/.exec(text.slice(start, end))?.[0].length ?? 0) : end;
  const behindKey = text.slice(0, start).trimEnd().length;
  const at = isBlock ? nextLine(text, start) : below(text, end);
  return [
    // Behind an empty value the space may belong to a comment.
    { start: behindKey, end: start === end ? behindKey : headEnd, text: head === "" ? "" : ` ${head}` },
    { start: at, end: isBlock ? Math.max(at, end) : at, text: linesAt(text, at, lines) },
  ];
}

// What follows on the line where an entry's value ends or, for a block scalar, begins.
function commentOf(text: string, { value }: Entry, end: number): string | undefined {
  const from = value !== null && isBlockScalar(value) ? rangeOf(value)[0] : end;
  // With the space before it, for without one a # begins no comment.
  return /(?<=\s)#.*/.exec(text.slice(from - 1, nextLine(text, from)).trimEnd())?.[0];
}

/** Removes the lines of an entry in block style. A comment on them gets a line of its own. */
export function removeFromBlock(text: string, entry: Entry): Edit[] {
  const [keyStart] = rangeOf(entry.key);
  const start = lineStart(text, keyStart);
  const indent = text.slice(start, keyStart);
  if (indent.trim() !== "") throw new Unspliceable("an entry that shares its line");
  const end = endOfEntry(entry);
  const comment = commentOf(text, entry, end);
  const kept = comment === undefined ? "" : `${indent}${comment}${newlineOf(text)}`;
  return [{ start, end: below(text, end), text: kept }];
}

/** Writes `{}` behind the key of a map in block style that loses its last entry. */
export function emptyBlock(text: string, { key }: Entry): Edit[] {
  const colon = text.indexOf(":", rangeOf(key)[1]) + 1;
  return [{ start: colon, end: colon, text: " {}" }];
}
