import type { Scalar } from "yaml";

/** A part of a YAML text that stands for part of a value. */
interface Unit {
  /** Where it begins. */
  readonly offset: number;
  readonly length: number;
  /** Folding, indentation and the like write white space anew, so that only the rest can be counted. */
  readonly isSpace: boolean;
}

/** In double quotes: `\x41`, `\u0041`, `\U00000041`, a line that goes on, or one character. */
const escaped = /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|\r?\n|[\s\S])/y;

/** Escapes that stand for white space, or for nothing. */
const spaces = /^\\(?:[\r\n tnr_NLPvf]|x(?:09|0[aA]|0[dD]|20|[aA]0))/;

function unitAt(source: string, offset: number, type: Scalar["type"]): Unit {
  const one = { offset, length: 1, isSpace: /\s/.test(source[offset] ?? "") };
  if (type === "QUOTE_SINGLE") return source.startsWith("''", offset) ? { ...one, length: 2 } : one;
  if (type !== "QUOTE_DOUBLE" || source[offset] !== "\\") return one;
  escaped.lastIndex = offset;
  const [text = "\\"] = escaped.exec(source) ?? [];
  return { offset, length: text.length, isSpace: spaces.test(text) };
}

/** Where the text itself begins: behind the quote, or behind the line with the sign of a block. */
function beginning({ type, range }: Scalar, source: string): number {
  const start = range?.[0] ?? 0;
  if (type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE") return start + 1;
  if (type !== "BLOCK_LITERAL" && type !== "BLOCK_FOLDED") return start;
  const line = source.indexOf("\n", start);
  return line < 0 ? start : line + 1;
}

/**
 * Where in a YAML text the character at `index` of a scalar's value is written. YAML folds and indents, but leaves all
 * that is not white space in its order; so the place is found by counting that.
 */
export function offsetInScalar(scalar: Scalar, index: number, source: string): number {
  const value = String(scalar.value);
  const before = value.slice(0, index).replace(/\s+/g, "").length;
  const end = scalar.range?.[1] ?? source.length;
  let seen = 0;
  let last = beginning(scalar, source);
  for (let at = last; at < end; ) {
    const unit = unitAt(source, at, scalar.type);
    at += unit.length;
    if (unit.isSpace) continue;
    if (seen === before) return unit.offset;
    seen++;
    last = at;
  }
  return last;
}
