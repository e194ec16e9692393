import { type CharacterSet, union } from "./characters.ts";
import { casesOf } from "./classes.ts";
import {
  alternate,
  concat,
  emptyMatch,
  isLazy,
  isSame,
  isSingle,
  type Literal,
  type Node,
} from "./syntax.ts";

/** Nobody writes more, and each level takes room on the stack. */
const deepest = 300;

/**
 * How libre2 takes common prefixes out of alternatives (parse.cc, FactorAlternation): first strings, then other
 * simple beginnings, in runs of neighbours. What is left of single characters becomes one class. Without it a program
 * is larger.
 */
export function factor(alternatives: readonly Node[], depth = 0): readonly Node[] {
  if (depth > deepest) return alternatives;
  return mergeSingles(takeOut(takeOut(alternatives, strings, depth), firsts, depth));
}

/** A way in which alternatives can begin alike. */
interface Beginnings {
  beginningOf(node: Node): Node | undefined;
  /** What a node has in common with such a beginning. */
  common(beginning: Node, node: Node): Node | undefined;
  without(node: Node, beginning: Node): Node;
}

function takeOut(alternatives: readonly Node[], beginnings: Beginnings, depth: number): Node[] {
  const factored: Node[] = [];
  for (let start = 0; start < alternatives.length; ) {
    const { prefix, run } = runFrom(alternatives, start, beginnings);
    start += run.length;
    if (!prefix || run.length < 2) factored.push(...run);
    else {
      const rests = run.map((node) => beginnings.without(node, prefix));
      factored.push(concat([prefix, alternate(factor(rests, depth + 1))]));
    }
  }
  return factored;
}

interface Run {
  readonly prefix: Node | undefined;
  readonly run: readonly Node[];
}

/** One of the alternatives, and those after it that begin alike. */
function runFrom(alternatives: readonly Node[], start: number, beginnings: Beginnings): Run {
  let prefix = beginnings.beginningOf(alternatives[start] ?? emptyMatch);
  let end = start + 1;
  for (; prefix && end < alternatives.length; end++) {
    const common = beginnings.common(prefix, alternatives[end] ?? emptyMatch);
    if (!common) break;
    prefix = common;
  }
  return { prefix, run: alternatives.slice(start, end) };
}

/** The literal that a node begins with. */
function leadingString(node: Node): Literal | undefined {
  let first: Node | undefined = node;
  while (first?.op === "concat") first = first.subs[0];
  return first?.op === "literal" ? first : undefined;
}

function commonString(one: Node, node: Node): Literal | undefined {
  const other = leadingString(node);
  if (one.op !== "literal" || one.foldsCase !== other?.foldsCase) return undefined;
  const different = one.runes.findIndex((rune, index) => rune !== other.runes[index]);
  if (different < 0) return one;
  return different > 0 ? { ...one, runes: one.runes.slice(0, different) } : undefined;
}

function withoutString(node: Node, string: Node): Node {
  if (node.op === "literal") {
    const length = string.op === "literal" ? string.runes.length : 0;
    return node.runes.length > length ? { ...node, runes: node.runes.slice(length) } : emptyMatch;
  }
  if (node.op !== "concat") return node;
  const [first = emptyMatch, ...others] = node.subs;
  const rest = withoutString(first, string);
  return rest.op === "emptyMatch" ? concat(others) : { op: "concat", subs: [rest, ...others] };
}

const strings: Beginnings = { beginningOf: leadingString, common: commonString, without: withoutString };

const splitFirst = (node: Node): [first: Node, rest: Node] => {
  if (node.op !== "concat" || node.subs[0]?.op === "emptyMatch") return [node, emptyMatch];
  const [first = emptyMatch, ...others] = node.subs;
  return [first, concat(others)];
};

/** What can be taken out without a change of what matches first. */
function isFactorable(node: Node): boolean {
  if (node.op === "repeat") return node.min === node.max && isSingle(node.sub);
  return node.op === "assert" || node.op === "class" || node.op === "anyChar";
}

function isSameFirst(one: Node, other: Node): boolean {
  if (one.op !== "repeat" || other.op !== "repeat") return isSame(one, other);
  return (
    one.min === other.min &&
    one.max === other.max &&
    isLazy(one) === isLazy(other) &&
    isSame(one.sub, other.sub)
  );
}

const firsts: Beginnings = {
  beginningOf(node) {
    const [first] = splitFirst(node);
    return isFactorable(first) ? first : undefined;
  },
  common: (beginning, node) => (isSameFirst(beginning, splitFirst(node)[0]) ? beginning : undefined),
  without: (node) => splitFirst(node)[1],
};

function charactersOf(node: Node): CharacterSet | undefined {
  if (node.op === "class") return node;
  if (node.op !== "literal" || node.runes.length > 1) return undefined;
  const [rune = 0] = node.runes;
  return { ranges: node.foldsCase ? casesOf(rune) : [[rune, rune]], isByTable: false };
}

function mergeSingles(alternatives: readonly Node[]): Node[] {
  const merged: Node[] = [];
  let run: Node[] = [];
  const endRun = () => {
    if (run.length < 2) merged.push(...run);
    else merged.push({ op: "class", ...union(run.flatMap((node) => charactersOf(node) ?? [])) });
    run = [];
  };
  for (const node of alternatives) {
    if (charactersOf(node)) run.push(node);
    else {
      endRun();
      merged.push(node);
    }
  }
  endRun();
  return merged;
}
