import type { ASTNode } from "@marcbachmann/cel-js";

/** What the library hands to macros at work: every part of an expression is evaluated by its `run`. */
export interface Evaluator {
  run(node: ASTNode, context: unknown): unknown;
  /** The type of a value at run time; `Deep`: with that of the first of its elements, and so on. */
  debugType(value: unknown): unknown;
  debugTypeDeep(value: unknown): unknown;
  createError(code: string, message: string, node?: ASTNode): Error;
}

/** What the library hands to macros when types are checked. */
export interface Checker {
  check(node: ASTNode, context: unknown): { readonly kind: string; readonly name: string };
  createError(code: string, message: string, node?: ASTNode): Error;
  getType(name: string): unknown;
}
