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

/** Removes an entry from a map in braces; a comma before the closing brace may stay, as YAML allows it. */
export function removeFromFlow(text: string, entry: Entry): Edit[] {
  const [start] = rangeOf(entry.key);
  const end = endOfEntry(entry);
  const comma = /^\s*,[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  return [{ start, end: end + comma, text: "" }];
}
