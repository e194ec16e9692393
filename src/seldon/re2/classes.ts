import { RE2JS } from "re2js";
import type { CharacterSet, Range } from "./characters.ts";

const lastRune = 0x10ffff;

/** An instruction of re2js, with the numbers of Go's regexp/syntax. */
interface Instruction {
  readonly op: number;
  readonly arg: number;
  readonly runes: ArrayLike<number>;
}

const failure = 5;
const foldsCase = 1;

/** The instruction that re2js makes of what matches one character. */
function instructionOf(text: string): Instruction | undefined {
  const { inst, start } = RE2JS.compile(text).re2().prog as { inst: Instruction[]; start: number };
  return inst[start];
}

function* pairs(runes: ArrayLike<number>): Generator<Range> {
  for (let index = 0; index + 1 < runes.length; index += 2)
    yield [runes[index] ?? 0, runes[index + 1] ?? lastRune];
}

/** Cases beyond these depend on the version of Unicode. */
const lastSettled = 0x17f;

const endsUnsettled = (ends: Range): boolean => ends.some((end) => lastSettled < end && end < lastRune);

/** The characters that an element of an expression matches: `[a-z]`, `\d`, `\pL`. */
export function charactersOf(element: string, folds: boolean): CharacterSet {
  const ranges = rangesOf(element, folds);
  const isByTable = /\\p/i.test(element) || (folds && rangesOf(element, false).some(endsUnsettled));
  return { ranges, isByTable };
}

const others = String.raw`\p{Cc}\p{Cf}\p{Co}\p{Cs}`;

/** `\pC` in re2js holds all that is not assigned, too; in libre2 it does not. */
function withoutUnassigned(element: string): string {
  if (/^\\p(?:C|\{C\})$/.test(element)) return `[${others}]`;
  if (/^\\(?:PC|P\{C\}|p\{\^C\})$/.test(element)) return `[^${others}]`;
  if (!element.startsWith("[")) return element;
  return element.replaceAll(/\\(p(?:C|\{C\})|.)/gsu, (text, escaped: string) =>
    escaped.length > 1 ? others : text,
  );
}

function rangesOf(element: string, folds: boolean): readonly Range[] {
  const found = instructionOf((folds ? "(?i)" : "") + withoutUnassigned(element));
  if (!found || found.op === failure) return [];
  const { runes, arg } = found;
  const rune = runes[0] ?? 0;
  if (runes.length > 1) return [...pairs(runes)];
  return (arg & foldsCase) === 0 ? [[rune, rune]] : casesOf(rune);
}

/** A character in all its cases. */
export function casesOf(rune: number): readonly Range[] {
  // Nothing before A has cases. U+0000 keeps re2js from making a literal of the set.
  const found = rune < 0x41 ? undefined : instructionOf(String.raw`(?i)[\x00\x{${rune.toString(16)}}]`);
  return found ? [...pairs(found.runes)].slice(1) : [[rune, rune]];
}
