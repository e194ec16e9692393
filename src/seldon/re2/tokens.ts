import type { Assertion, Operator } from "./syntax.ts";

type Mark = "^" | "$" | "\\A" | "\\z" | "\\b" | "\\B";

/** A piece of an expression's text. */
export type Token =
  | { readonly kind: "rune"; readonly rune: number }
  | { readonly kind: "dot" }
  | { readonly kind: "bar" }
  | { readonly kind: "close" }
  | { readonly kind: "class"; readonly text: string }
  | { readonly kind: "assert"; readonly mark: Mark }
  | { readonly kind: "open"; readonly captures: boolean }
  /** `(?i)`, or with `opens` the beginning of a group: `(?i:`. */
  | { readonly kind: "flags"; readonly set: string; readonly cleared: string; readonly opens: boolean }
  | { readonly kind: "operator"; readonly operator: Operator; readonly lazy: boolean }
  | { readonly kind: "repeat"; readonly min: number; readonly max: number; readonly lazy: boolean };

type Reader = readonly [pattern: RegExp, read: (match: RegExpExecArray) => Token[]];

const codePoints = (text: string) => Array.from(text, (character) => character.codePointAt(0) ?? 0);
const rune = (code: number): Token[] => [{ kind: "rune", rune: code }];
const escapes = new Map(Object.entries({ a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }));
const operators = new Map<string, Operator>([
  ["*", "star"],
  ["+", "plus"],
  ["?", "quest"],
]);

function refuse(problem: string): never {
  throw new RangeError(problem);
}

/** RE2 allows no more. */
const mostCopies = 1_000;

function readCount([, min = "", comma, max, lazy]: RegExpExecArray): Token[] {
  if (Number(min) > mostCopies || Number(max || 0) > mostCopies) refuse("too many repeats");
  const open = max === "" ? Number.POSITIVE_INFINITY : Number(max);
  return [{ kind: "repeat", min: Number(min), max: comma ? open : Number(min), lazy: lazy === "?" }];
}

/** The syntax of RE2; the first that fits counts. */
const readers: readonly Reader[] = [
  [/\\Q(.*?)(?:\\E|$)/suy, ([, text = ""]) => codePoints(text).flatMap(rune)],
  [/\\(?:[pP](?:\{[^}]*\}|.)|[dDsSwW])/suy, ([text]) => [{ kind: "class", text }]],
  [/\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]/suy, ([text]) => [{ kind: "class", text }]],
  [/\[/uy, () => refuse("a class is not closed")],
  [/\\[AbBz]|[$^]/uy, ([mark]) => [{ kind: "assert", mark: mark as Mark }]],
  [
    /\\x(?:\{([0-9a-f]+)\}|([0-9a-f]{2}))/iuy,
    ([, long, short = ""]) => rune(Number.parseInt(long ?? short, 16)),
  ],
  [/\\([0-7]{1,3})/uy, ([, octal = ""]) => rune(Number.parseInt(octal, 8))],
  [/\\(.)/suy, ([, letter = ""]) => rune(escapes.get(letter) ?? letter.codePointAt(0) ?? 0)],
  [/\(\?P?<[^>]*>/uy, () => [{ kind: "open", captures: true }]],
  [
    /\(\?([a-zA-Z]*)-?([a-zA-Z]*)([:)])/uy,
    ([, set = "", cleared = "", end]) => [{ kind: "flags", set, cleared, opens: end === ":" }],
  ],
  [/\(/uy, () => [{ kind: "open", captures: true }]],
  [/\)/uy, () => [{ kind: "close" }]],
  [/\|/uy, () => [{ kind: "bar" }]],
  [/\./uy, () => [{ kind: "dot" }]],
  [/\{(0|[1-9]\d{0,8})(?:(,)(0|[1-9]\d{0,8}|))?\}(\?)?/uy, readCount],
  [
    /([*+?])(\?)?/uy,
    ([, sign = "", lazy]) => [
      { kind: "operator", operator: operators.get(sign) ?? "star", lazy: lazy === "?" },
    ],
  ],
  [/./suy, ([text]) => codePoints(text).flatMap(rune)],
];

/** Splits a valid expression; of others a RangeError or anything may come. */
export function* tokensOf(expression: string): Generator<Token> {
  let at = 0;
  while (at < expression.length) {
    for (const [pattern, read] of readers) {
      pattern.lastIndex = at;
      const match = pattern.exec(expression);
      if (!match) continue;
      at = pattern.lastIndex;
      yield* read(match);
      break;
    }
  }
}

/** What an assertion means outside of `(?m)`, and in it. */
export const assertions: Readonly<Record<Mark, readonly [Assertion, Assertion]>> = {
  "^": ["textBegins", "lineBegins"],
  $: ["dollar", "lineEnds"],
  "\\A": ["textBegins", "textBegins"],
  "\\z": ["textEnds", "textEnds"],
  "\\b": ["wordBoundary", "wordBoundary"],
  "\\B": ["noWordBoundary", "noWordBoundary"],
};
