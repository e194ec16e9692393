import type { Node } from "yaml";
import type { FieldPath } from "../diagnostics/field-path.ts";
import type { Origins } from "./construct.ts";

/** The line, counted from 1, that holds this offset. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** The node that holds the value at `path`, or its nearest ancestor that is written anywhere. */
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
