import { isMap } from "yaml";
import { type Edit, lineStart, nextLine } from "./edit.ts";
import { type Entry, endOfEntry, isBlockScalar, type MapNode, rangeOf, Unspliceable } from "./shape.ts";
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

/** Whether a place is the end of a text whose last line is not ended. */
const isOpen = (text: string, at: number): boolean => at === text.length && text[at - 1] !== "\n";

function linesAt(text: string, at: number, lines: readonly string[]): string {
  const newline = newlineOf(text);
  return lines.map((line) => (isOpen(text, at) ? newline + line : line + newline)).join("");
}

/** Ends the last line of what was added behind a text whose own last line was not ended: a block needs it. */
export const endLastLine = (text: string, edits: readonly Edit[]): Edit[] =>
  isOpen(text, text.length) && edits.some(({ start, text: added }) => start === text.length && added !== "")
    ? [{ start: text.length, end: text.length, text: newlineOf(text) }]
    : [];

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

// With the space before it, for without one a # begins no comment.
const comment = /(?<=\s)#[^\r\n]*/g;

const commentsIn = (text: string, start: number, end: number): string[] =>
  [...text.slice(start, end).matchAll(comment)].map(([found]) => found.trimEnd());

/** The comments of an entry: between key and value, and behind a `|`. */
function innerComments(text: string, { key, value }: Entry): string[] {
  const [, keyEnd] = rangeOf(key);
  if (value === null) return [];
  const [start] = rangeOf(value);
  return commentsIn(text, keyEnd, isBlockScalar(value) ? nextLine(text, start) : start);
}

/** The comment on the line where the value of an entry ends. */
const outerComments = (text: string, { value }: Entry, end: number): string[] =>
  value !== null && isBlockScalar(value) ? [] : commentsIn(text, end - 1, nextLine(text, end));

/** The entries that an entry comes down to: those of a map in it, and of maps in them. */
function leavesOf(entry: Entry): readonly Entry[] {
  if (!isMap(entry.value) || entry.value.flow) return [entry];
  return (entry.value as MapNode).items.flatMap(leavesOf);
}

/** Removes the lines of an entry in block style. Comments on them get lines of their own. */
export function removeFromBlock(text: string, map: MapNode, entry: Entry): Edit[] {
  const [keyStart] = rangeOf(entry.key);
  const start = lineStart(text, keyStart);
  const lead = text.slice(start, keyStart);
  if (/^\s*-/.test(lead)) return removeFromItem(text, map, entry);
  if (lead.trim() !== "") throw new Unspliceable("an entry that shares its line");
  const end = endOfEntry(entry);
  const leaves = leavesOf(entry);
  const comments = [
    ...leaves.flatMap((leaf) => innerComments(text, leaf)),
    ...outerComments(text, leaves.at(-1) ?? entry, end),
  ];
  const kept = comments.map((each) => `${lead}${each}${newlineOf(text)}`).join("");
  return [{ start, end: below(text, end), text: kept }];
}

/** Removes the entry behind the dash of a list item. What follows it, be it a comment, takes its place. */
function removeFromItem(text: string, { items }: MapNode, entry: Entry): Edit[] {
  if (items[0] !== entry) throw new Unspliceable("an entry that shares its line");
  const [start] = rangeOf(entry.key);
  const end = endOfEntry(entry);
  const comments = leavesOf(entry).flatMap((leaf) => innerComments(text, leaf));
  const newline = newlineOf(text);
  if (items.length === 1) {
    const rest = ["{}", ...comments].join(" ");
    return [{ start, end, text: text[end - 1] === "\n" ? rest + newline : rest }];
  }
  const indent = " ".repeat(start - lineStart(text, start));
  const next = end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0);
  return [{ start, end: next, text: comments.map((each) => each + newline + indent).join("") }];
}

/** Writes `{}` behind the key of a map in block style that loses its last entry. */
export function emptyBlock(text: string, { key }: Entry): Edit[] {
  const colon = text.indexOf(":", rangeOf(key)[1]) + 1;
  return [{ start: colon, end: colon, text: " {}" }];
}
