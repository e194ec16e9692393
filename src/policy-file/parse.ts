import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  type Scalar,
} from "yaml";
import type { FieldPath } from "../diagnostics/field-path.ts";
import { maxDepth, type Origins } from "../review/construct.ts";
import { originOf } from "../review/line.ts";
import { Unreadable } from "../review/unreadable.ts";
import { offsetInScalar } from "./text-place.ts";

/** The most that is read: a ConfigMap holds no more than 1 MiB. */
export const maxPolicyBytes = 1024 * 1024;

/** Where something is written, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The line of a field. */
export type LineOf = (...path: FieldPath) => number;

/** A document with the places of its fields. */
export interface ParsedPolicy {
  readonly value: unknown;
  /** Where the field, or its nearest ancestor that exists, is written. */
  placeOf(path: FieldPath): Place;
  /** Where the character at an index of a text is written; of what is no text, as placeOf. */
  placeIn(path: FieldPath, index: number): Place;
}

/** A text that is no plain YAML document. */
export interface ParseProblem extends Place {
  readonly message: string;
}

const offsetOf = (node: Node | null): number => node?.range?.[0] ?? 0;

const partOf = (value: unknown, part: string | number): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[part] : undefined;

/** Builds plain values, with the origin of each key. A policy says all that it means where it stands. */
class Builder {
  readonly origins: Origins = new WeakMap();
  /** The texts of maps, by map and key. */
  readonly texts = new WeakMap<object, Map<string, Scalar>>();

  build(node: Node | null): unknown {
    if (node === null) return null;
    if (isAlias(node)) throw new Unreadable("aliases are not read here: write it out", offsetOf(node));
    if (node.tag !== undefined) throw new Unreadable("tags are not read here", offsetOf(node));
    if (isSeq(node)) return this.#list(node.items as (Node | null)[]);
    if (isMap(node)) return this.#map(node.items as { key: Node; value: Node | null }[]);
    return isScalar(node) ? node.value : undefined;
  }

  /** The text at a path of what was built. */
  textAt(path: FieldPath, value: unknown): Scalar | undefined {
    const holder = path.slice(0, -1).reduce<unknown>((at, part) => partOf(at, part), value);
    return typeof holder === "object" && holder !== null
      ? this.texts.get(holder)?.get(String(path.at(-1)))
      : undefined;
  }

  #list(items: readonly (Node | null)[]): unknown[] {
    const places = new Map<string | number, Node>();
    const list = items.map((item, index) => {
      if (item !== null) places.set(index, item);
      return this.build(item);
    });
    this.origins.set(list, places);
    return list;
  }

  #map(items: readonly { key: Node; value: Node | null }[]): object {
    const map = {};
    const places = new Map<string | number, Node>();
    const texts = new Map<string, Scalar>();
    for (const { key, value } of items) {
      const name = this.build(key);
      if (typeof name !== "string") throw new Unreadable("a key must be text", offsetOf(key));
      if (name === "<<") throw new Unreadable("merge keys are not read here", offsetOf(key));
      if (places.has(name))
        throw new Unreadable(`the key ${JSON.stringify(name)} stands twice`, offsetOf(key));
      places.set(name, key);
      if (isScalar(value) && typeof value.value === "string") texts.set(name, value);
      // An assignment would not create a key called __proto__.
      Object.defineProperty(map, name, { value: this.build(value), enumerable: true });
    }
    this.origins.set(map, places);
    this.texts.set(map, texts);
    return map;
  }
}

/** The parser's time grows with the square of the depth, and the composer recurses: so it is bounded on the way. */
function* tokensOf(text: string, lines: LineCounter): Iterable<CST.Token> {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > maxDepth)
      throw new Unreadable(`nested deeper than ${maxDepth} levels`, parser.offset);
  }
  yield* parser.end();
}

function compose(text: string, lines: LineCounter): Document.Parsed | undefined {
  const tokens = [...tokensOf(text, lines)];
  // Its own look for keys that stand twice takes time in the square of their number.
  const composer = new Composer({
    version: "1.2",
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  const [document, next] = [...composer.compose(tokens)];
  const [error] = [...(document?.errors ?? []), ...(document?.warnings ?? [])];
  if (error !== undefined) throw new Unreadable(error.message, error.pos[0]);
  if (next !== undefined) throw new Unreadable("must be one YAML document", next.range[0]);
  return document;
}

/** Reads one document of YAML 1.2 without aliases, tags and merge keys. Total: never throws for what it holds. */
export function parsePolicyText(
  text: string,
): { readonly parsed: ParsedPolicy } | { readonly parsed?: undefined; readonly problem: ParseProblem } {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (Buffer.byteLength(text) > maxPolicyBytes)
    return { problem: { line: 1, column: 1, message: `must not be larger than ${maxPolicyBytes} bytes` } };
  try {
    const root = (compose(text, lines)?.contents ?? null) as Node | null;
    const builder = new Builder();
    const value = builder.build(root);
    const placeOf = (path: FieldPath): Place =>
      placeAt(root === null ? 0 : offsetOf(originOf(path, value, root, builder.origins)));
    const placeIn = (path: FieldPath, index: number): Place => {
      const scalar = builder.textAt(path, value);
      return scalar === undefined ? placeOf(path) : placeAt(offsetInScalar(scalar, index, text));
    };
    return { parsed: { value, placeOf, placeIn } };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { problem: { ...placeAt(error.offset), message: error.message } };
  }
}
