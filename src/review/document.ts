import { Composer, type CST, type Document, type Node, Parser } from "yaml";
import type { Chunk } from "./chunk.ts";
import { Construction, maxDepth, type Origins } from "./construct.ts";
import { Unreadable } from "./unreadable.ts";

/** One document of a file that holds a value; `root` counts its offsets from `start`. */
export interface ParsedDocument {
  readonly start: number;
  readonly text: string;
  readonly format: Chunk["format"];
  readonly root: Node;
  readonly value: unknown;
  readonly origins: Origins;
}

// Every scalar stays text: what it means is for resolveScalar.
const composing = { schema: "failsafe", uniqueKeys: false, prettyErrors: false, logLevel: "silent" } as const;

type Nested = { items?: readonly { key?: CST.Token | null; value?: CST.Token | null }[]; value?: unknown };

// The composer recurses and would exhaust the stack, so depth is measured first, without recursion.
function checkDepth(tokens: readonly CST.Token[]): void {
  const pending = tokens.map((token): [CST.Token, number] => [token, 0]);
  for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
    const [token, depth] = top;
    if (depth > maxDepth) throw new Unreadable(`nested deeper than ${maxDepth} levels`, token.offset);
    const { items = [], value } = token as Nested;
    for (const { key, value } of items) {
      if (key) pending.push([key, depth + 1]);
      if (value) pending.push([value, depth + 1]);
    }
    if (token.type === "document" && value) pending.push([value as CST.Token, 0]);
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it looks for
const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

function compose(text: string): Document.Parsed | undefined {
  const tokens = [...new Parser().parse(text)];
  checkDepth(tokens);
  const [document, next] = [...new Composer(composing).compose(tokens)];
  const [error] = document?.errors ?? [];
  if (error !== undefined) throw new Unreadable(error.message, error.pos[0]);
  if (next !== undefined) throw new Unreadable('kubectl ignores what follows "..."', next.range[0]);
  return document;
}

/** Reads one document. Undefined when it is empty, null or nothing but comments; throws Unreadable. */
export function parseDocument({ start, text, format }: Chunk): ParsedDocument | undefined {
  if (format === "yaml") {
    const bad = control.exec(text);
    if (bad !== null) throw new Unreadable("control characters are not allowed in YAML", bad.index);
    // The cut at --- takes a directive from its document: kubectl finds no document start behind it.
    const directive = /^%/m.exec(text);
    if (directive?.index === text.search(/^[^#\s]/m) && directive !== null)
      throw new Unreadable("kubectl does not read directives such as %YAML", directive.index);
  }
  // A tab in valid JSON is white space, but YAML allows it in fewer places.
  const root = compose(format === "json" ? text.replaceAll("\t", " ") : text)?.contents as Node | null;
  if (!root) return undefined;
  const construction = new Construction(root);
  const value = construction.build(root);
  return value === null ? undefined : { start, text, format, root, value, origins: construction.origins };
}
