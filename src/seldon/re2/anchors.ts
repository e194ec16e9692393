import { concat, emptyMatch, type Node } from "./syntax.ts";

type End = "first" | "last";

const isAnchor = (node: Node, end: End): boolean =>
  node.op === "assert" &&
  (end === "first" ? node.what === "textBegins" : node.what === "textEnds" || node.what === "dollar");

/**
 * What libre2 compiles of an expression: a literal after `^` is compared apart from the program (regexp.cc,
 * RequiredPrefix), and what follows it is compiled as if it stood alone.
 */
export function withoutPrefix(node: Node): Node {
  if (node.op !== "concat") return node;
  const first = node.subs.findIndex((sub) => !isAnchor(sub, "first"));
  return first > 0 && node.subs[first]?.op === "literal" ? concat(node.subs.slice(first + 1)) : node;
}

/** libre2 looks no deeper than this for an anchor (compile.cc, IsAnchorStart). */
const deepest = 3;

/** A tree without the anchor that it begins or ends with, or undefined where libre2 sees none. */
export function withoutAnchor(node: Node, end: End, depth = 0): Node | undefined {
  if (depth > deepest) return undefined;
  if (isAnchor(node, end)) return emptyMatch;
  if (node.op === "capture") {
    const sub = withoutAnchor(node.sub, end, depth + 1);
    return sub && { op: "capture", sub };
  }
  if (node.op !== "concat") return undefined;
  const at = end === "first" ? 0 : node.subs.length - 1;
  const outermost = withoutAnchor(node.subs[at] ?? emptyMatch, end, depth + 1);
  return outermost && { op: "concat", subs: node.subs.with(at, outermost) };
}
