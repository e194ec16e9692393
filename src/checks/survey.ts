import type { ASTNode } from "@marcbachmann/cel-js";
import { nearest } from "../diagnostics/nearest.ts";
import { comprehensions, globalFunctions, methods } from "./functions.ts";
import type { Roles } from "./metering.ts";
import { assignRoles } from "./roles.ts";

/** Macros in macros in macros: none needs more, and time grows with each. */
const maxNesting = 4;

/** Of the tree; the library itself counts brackets only. */
const maxDepth = 60;

/** Of all regular expressions of one check together, in characters: compiling takes its time. */
const maxPatterns = 500;

/** Something that an expression may not hold. */
export interface SurveyProblem {
  readonly offset: number;
  readonly message: string;
}

/** A part of the tree that is still to be looked at. */
interface Visit {
  readonly node: ASTNode;
  readonly depth: number;
  /** Macros around it that go through lists. */
  readonly nesting: number;
}

/** What was found out about an expression before its types are looked at. */
export interface Survey {
  /** Names that it mentions; those of its own loops may be among them. */
  readonly names: ReadonlySet<string>;
  readonly problem: SurveyProblem | undefined;
}

/** What is counted on the way through an expression. */
interface Count {
  patterns: number;
}

/**
 * Looks at every part of an expression: what may not be in it, and how the rest is paid for. Without recursion, for
 * nothing is known yet of its depth.
 */
export function survey(root: ASTNode, roles: Roles): Survey {
  const names = new Set<string>();
  const count: Count = { patterns: 0 };
  const waiting: Visit[] = [{ node: root, depth: 1, nesting: 0 }];
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    const { node, depth } = visit;
    const problem = problemOf(visit) ?? patternProblem(node, count);
    if (problem !== undefined) return { names, problem };
    if (node.op === "id") names.add(node.args);
    assignRoles(node, roles);
    const inner = isComprehension(node) ? visit.nesting + 1 : visit.nesting;
    for (const child of childrenOf(node)) waiting.push({ node: child, depth: depth + 1, nesting: inner });
  }
  return { names, problem: undefined };
}

const isComprehension = (node: ASTNode): boolean => node.op === "rcall" && comprehensions.has(node.args[0]);

/** Where the name of a method stands, behind what it is called on. */
export function methodOffset(node: ASTNode): number {
  if (node.op !== "rcall") return node.pos;
  const at = node.input.indexOf(node.args[0], node.args[1].end);
  return at < 0 ? node.pos : at;
}

function problemOf({ node, depth, nesting }: Visit): SurveyProblem | undefined {
  const at = (message: string, offset = node.pos): SurveyProblem => ({ offset, message });
  if (depth > maxDepth) return at(`nested deeper than ${maxDepth} levels`);
  if (isComprehension(node) && nesting >= maxNesting)
    return at(`more than ${maxNesting} macros in each other that go through lists`, methodOffset(node));
  if (node.op === "call") {
    const [name, args] = node.args;
    return callProblem(name, args.length, globalFunctions, node.pos);
  }
  if (node.op === "rcall") {
    const [name, , args] = node.args;
    return callProblem(name, args.length, methods, methodOffset(node));
  }
  if (node.op === "map") {
    const computed = node.args.find(([key]) => key.op !== "value" || typeof key.args === "object");
    if (computed) return at("the keys of a map must be written out", computed[0].pos);
  }
  return undefined;
}

function patternProblem(node: ASTNode, count: Count): SurveyProblem | undefined {
  if (node.op !== "rcall" || node.args[0] !== "matches") return undefined;
  const [pattern] = node.args[2];
  if (pattern?.op !== "value" || typeof pattern.args !== "string")
    return {
      offset: (pattern ?? node).start,
      message: "the regular expression must be written out, as a text",
    };
  count.patterns += pattern.args.length;
  return count.patterns <= maxPatterns
    ? undefined
    : { offset: pattern.pos, message: `regular expressions of more than ${maxPatterns} characters in all` };
}

function callProblem(
  name: string,
  count: number,
  known: ReadonlyMap<string, readonly number[]>,
  offset: number,
): SurveyProblem | undefined {
  const counts = known.get(name);
  if (counts === undefined) {
    const meant = nearest(name, [...known.keys()]);
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    return { offset, message: `there is no function ${name} in checks${hint}` };
  }
  if (counts.includes(count)) return undefined;
  return { offset, message: `${name} takes ${counts.join(" or ")} arguments, not ${count}` };
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case "value":
    case "id":
      return [];
    case ".":
    case ".?":
      return [node.args[0]];
    case "call":
      return node.args[1];
    case "rcall":
      return [node.args[1], ...node.args[2]];
    case "map":
      return node.args.flat();
    case "!_":
    case "-_":
      return [node.args];
    default:
      return node.args;
  }
}
