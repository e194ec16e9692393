import type { CharacterSet } from "./characters.ts";

/** The flags of RE2 in which parts of one expression may differ. */
export const flag = { foldCase: 1, dotMatchesNewline: 2, multiline: 4, nonGreedy: 8 } as const;

/** "dollar" is a `$` that means the same as `\z`, which libre2 keeps apart from it. */
export type Assertion =
  | "textBegins"
  | "textEnds"
  | "dollar"
  | "lineBegins"
  | "lineEnds"
  | "wordBoundary"
  | "noWordBoundary";

export interface Literal {
  readonly op: "literal";
  /** At least one. */
  readonly runes: readonly number[];
  readonly foldsCase: boolean;
}

export interface CharacterClass extends CharacterSet {
  readonly op: "class";
}

/** `max` is Infinity where there is none. */
export interface Repeat {
  readonly op: "star" | "plus" | "quest" | "repeat";
  readonly sub: Node;
  readonly min: number;
  readonly max: number;
  readonly flags: number;
}

/** At least two nested options, as in `(x(x(x)?)?)?`, of which the innermost is given. */
export interface Options {
  readonly op: "options";
  readonly sub: Node;
  readonly innermost: Node;
  readonly count: number;
  readonly flags: number;
}

export interface Composite {
  readonly op: "concat" | "alternate";
  readonly subs: readonly Node[];
}

/** A syntax tree as libre2 has it; the names are those of its regexp.h. */
export type Node =
  | { readonly op: "noMatch" | "emptyMatch" | "anyChar" }
  | { readonly op: "assert"; readonly what: Assertion }
  | { readonly op: "capture"; readonly sub: Node }
  | Literal
  | CharacterClass
  | Repeat
  | Options
  | Composite;

export const noMatch: Node = { op: "noMatch" };
export const emptyMatch: Node = { op: "emptyMatch" };
export const anyChar: Node = { op: "anyChar" };

export function concat(subs: readonly Node[]): Node {
  const [only = emptyMatch] = subs;
  return subs.length < 2 ? only : { op: "concat", subs };
}

/** Without factoring. */
export function alternate(subs: readonly Node[]): Node {
  const [only = noMatch] = subs;
  return subs.length < 2 ? only : { op: "alternate", subs };
}

const limits = {
  star: [0, Number.POSITIVE_INFINITY],
  plus: [1, Number.POSITIVE_INFINITY],
  quest: [0, 1],
} as const;

export type Operator = keyof typeof limits;

const isOperator = (node: Node): node is Repeat => node.op in limits;

export function repeatOf(op: Operator, sub: Node, flags: number): Repeat {
  const [min, max] = limits[op];
  return { op, sub, min, max, flags };
}

export const optionsOf = (options: Omit<Options, "op">): Node =>
  options.count < 2 ? options.innermost : { op: "options", ...options };

/** One operator on another, of the same flags, is `*`, or what both are. */
export function squashed(op: Operator, sub: Node, flags: number): Node {
  const isOptions = sub.op === "options";
  if ((!isOptions && !isOperator(sub)) || sub.flags !== flags) return repeatOf(op, sub, flags);
  if ((isOptions ? "quest" : sub.op) === op) return sub;
  const inner = isOptions ? concat([sub.sub, optionsOf({ ...sub, count: sub.count - 1 })]) : sub.sub;
  return repeatOf("star", inner, flags);
}

export const isLazy = ({ flags }: Repeat): boolean => (flags & flag.nonGreedy) !== 0;

/** A node that matches one character. */
export const isSingle = (node: Node): boolean =>
  node.op === "class" || node.op === "anyChar" || (node.op === "literal" && node.runes.length === 1);

const isSameClass = (one: CharacterClass, other: CharacterClass) =>
  one.ranges.length === other.ranges.length &&
  one.ranges.every(([lo, hi], index) => lo === other.ranges[index]?.[0] && hi === other.ranges[index]?.[1]);

/** Equality of nodes that match one character, or none. */
export function isSame(one: Node, other: Node): boolean {
  if (one.op === "class" && other.op === "class") return isSameClass(one, other);
  if (one.op === "assert" && other.op === "assert") return one.what === other.what;
  if (one.op === "literal" && other.op === "literal")
    return (
      one.foldsCase === other.foldsCase &&
      one.runes.length === other.runes.length &&
      one.runes[0] === other.runes[0]
    );
  return one.op === "anyChar" && other.op === "anyChar";
}
