import type { Node } from "yaml";
import type { FieldPath } from "../diagnostics/field-path.ts";
import type { Origins } from "./construct.ts";

/** Tells the line, counted from 1, that holds an offset of the text. */
export function lineCounter(text: string): (offset: number) => number {
  const breaks: number[] = [];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) breaks.push(at);
  return (offset) => {
    let low = 0;
    let high = breaks.length;
    // Every break before `low` is before the offset, none from `high` on is.
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((breaks[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

/** Where the value at `path` is written, or its nearest ancestor that is: for an entry of a map, its key. */
export function originOf(path: FieldPath, value: unknown, root: Node, origins: Origins): Node {
  let node = root;
  let current = value;
  for (const part of path) {
    if (typeof current !== "object" || current === null) break;
    const next = origins.get(current)?.get(part);
    if (next === undefined) break;
    node = next;
    current = (current as Record<string | number, unknown>)[part];
  }
  return node;
}
