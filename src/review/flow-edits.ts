import type { Edit } from "./edit.ts";
import { type Entry, endOfEntry, type MapNode, rangeOf } from "./shape.ts";
import { flowOf, type Insertion, quoted } from "./written.ts";

/** Adds an entry to a map in braces, as its first. */
export function insertInFlow(map: MapNode, key: string, value: Insertion): Edit[] {
  const [first] = map.items;
  const at = first === undefined ? rangeOf(map)[0] + 1 : rangeOf(first.key)[0];
  const separator = first === undefined ? "" : ", ";
  return [{ start: at, end: at, text: `${quoted(key)}: ${flowOf(value)}${separator}` }];
}

/** Gives an entry of a map in braces another value. */
export function replaceInFlow({ key, value: old }: Entry, value: Insertion): Edit[] {
  if (old === null) {
    const [, end] = rangeOf(key);
    return [{ start: end, end, text: `: ${flowOf(value)}` }];
  }
  const [start, end] = rangeOf(old);
  return [{ start, end, text: `${start === end ? " " : ""}${flowOf(value)}` }];
}

const isSpace = (text: string): boolean => text.trim() === "";
const isComma = (text: string): boolean => text.trim() === ",";

/**
 * Removes an entry from a map in braces, with one of the commas beside it: first the one behind, which an
 * insertion would have brought. Where a comment is in between, a comma before the closing brace may stay, as
 * YAML allows it.
 */
export function removeFromFlow(text: string, map: MapNode, entry: Entry): Edit[] {
  const [start] = rangeOf(entry.key);
  const end = endOfEntry(entry);
  const [open, close] = rangeOf(map);
  const at = map.items.indexOf(entry);
  const [previous, next] = [map.items[at - 1], map.items[at + 1]];
  const removal = (from: number, to: number): Edit[] => [{ start: from, end: to, text: "" }];
  if (next !== undefined) {
    const [nextStart] = rangeOf(next.key);
    if (isComma(text.slice(end, nextStart))) return removal(start, nextStart);
  } else if (previous !== undefined) {
    const previousEnd = endOfEntry(previous);
    if (isComma(text.slice(previousEnd, start))) return removal(previousEnd, end);
  } else if (isSpace(text.slice(open + 1, start) + text.slice(end, close - 1))) {
    return removal(open + 1, close - 1);
  }
  const comma = /^\s*,[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  return removal(start, end + comma);
}
