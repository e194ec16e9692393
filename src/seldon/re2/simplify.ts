import {
  anyChar,
  concat,
  emptyMatch,
  isLazy,
  isSame,
  isSingle,
  type Node,
  noMatch,
  type Operator,
  optionsOf,
  type Repeat,
  repeatOf,
  squashed,
} from "./syntax.ts";

/** What libre2 compiles in place of a tree: without counted repeats (simplify.cc). */
export const simplify = (node: Node): Node => expand(coalesce(node));

const isRepeat = (node: Node | undefined): node is Repeat =>
  node?.op === "star" || node?.op === "plus" || node?.op === "quest" || node?.op === "repeat";

/** Makes one repeat of neighbours that repeat the same single character. */
function coalesce(node: Node): Node {
  if (node.op === "capture" || isRepeat(node)) return { ...node, sub: coalesce(node.sub) };
  if (node.op === "alternate") return { ...node, subs: node.subs.map(coalesce) };
  if (node.op !== "concat") return node;
  const subs: Node[] = [];
  let coalesced = false;
  for (const sub of node.subs.map(coalesce)) {
    const joined = join(subs.at(-1), sub);
    if (joined) subs.splice(-1, 1, ...joined);
    else subs.push(sub);
    coalesced ||= joined !== undefined;
  }
  return { op: "concat", subs: coalesced ? subs.filter(({ op }) => op !== "emptyMatch") : subs };
}

/** One repeat, and what it leaves of a string, or undefined where the two have nothing in common. */
function join(one: Node | undefined, other: Node): Node[] | undefined {
  if (!isRepeat(one) || !isSingle(one.sub)) return undefined;
  const more = (min: number, max: number): Repeat => ({
    ...one,
    op: "repeat",
    min: one.min + min,
    max: one.max + max,
  });
  if (isRepeat(other))
    return isSame(one.sub, other.sub) && isLazy(one) === isLazy(other)
      ? [more(other.min, other.max)]
      : undefined;
  if (isSame(one.sub, other)) return [more(1, 1)];
  const { sub } = one;
  if (sub.op !== "literal" || other.op !== "literal" || sub.foldsCase !== other.foldsCase) return undefined;
  const different = other.runes.findIndex((rune) => rune !== sub.runes[0]);
  const count = different < 0 ? other.runes.length : different;
  if (count === 0) return undefined;
  const rest: Node = { ...other, runes: other.runes.slice(count) };
  return count < other.runes.length ? [more(count, count), rest] : [more(count, count)];
}

function expand(node: Node): Node {
  switch (node.op) {
    case "class":
      return expandClass(node);
    case "concat":
    case "alternate":
      return { ...node, subs: node.subs.map(expand) };
    case "capture":
      return { ...node, sub: expand(node.sub) };
    case "repeat":
      return expandRepeat(node);
    case "star":
    case "plus":
    case "quest":
      return expandOperator(node.op, node);
    default:
      return node;
  }
}

function expandClass(node: Node & { op: "class" }): Node {
  const [first] = node.ranges;
  if (!first) return noMatch;
  return first[0] === 0 && first[1] === 0x10ffff ? anyChar : node;
}

function expandOperator(op: Operator, { sub, flags }: Repeat): Node {
  const simple = expand(sub);
  if (simple.op === "emptyMatch") return simple;
  const isKept = (simple.op === "options" ? "quest" : simple.op) === op;
  return isKept && "flags" in simple && simple.flags === flags ? simple : repeatOf(op, simple, flags);
}

function expandRepeat({ sub, min, max, flags }: Repeat): Node {
  const simple = expand(sub);
  if (simple.op === "emptyMatch") return simple;
  return repeated(simple, min, max, flags);
}

function repeated(sub: Node, min: number, max: number, flags: number): Node {
  if (max === Number.POSITIVE_INFINITY) {
    if (min === 0) return squashed("star", sub, flags);
    const plus = squashed("plus", sub, flags);
    // Later versions of libre2 make `^+` of `^{2,}` and see no anchor in it; what is empty hides this one.
    const first = sub.op === "assert" && min > 1 ? [emptyMatch] : [];
    return concat([...first, ...copies(sub, min - 1), plus]);
  }
  if (max === 0) return emptyMatch;
  const required = concat(copies(sub, min));
  if (max === min) return required;
  const options = optionsOf({ sub, innermost: squashed("quest", sub, flags), count: max - min, flags });
  return min === 0 ? options : concat([required, options]);
}

const copies = (sub: Node, count: number): Node[] => Array.from({ length: count }, () => sub);
