import type { ASTNode } from "@marcbachmann/cel-js";
import { conversions, searches } from "./functions.ts";
import type { Pair, Role, Roles } from "./metering.ts";

type Weigh = "shallow" | "deep" | "short";

/** Gives roles to parts of an expression; a part may have several. */
class Giver {
  readonly #roles: Roles;

  constructor(roles: Roles) {
    this.#roles = roles;
  }

  give(node: ASTNode, role: Role): void {
    this.#roles.set(node, { ...this.#roles.get(node), ...role });
  }

  weigh(nodes: readonly ASTNode[], weigh: Weigh): void {
    for (const node of nodes) this.give(node, { weigh });
  }

  /** What is done with these takes as long as the product of their weights says. */
  multiply(node: ASTNode, operands: readonly ASTNode[], weigh: Weigh): void {
    const pair: Pair = { open: undefined };
    this.give(node, { operands: pair });
    for (const operand of operands) this.give(operand, { weigh, pair });
  }

  /** What its value weighs is paid for when it is made; its own role may have been given by what is around it. */
  result(node: ASTNode): void {
    if (this.#roles.get(node)?.weigh === undefined) this.give(node, { weigh: "shallow" });
  }
}

/** Says how the operands of a part of an expression are paid for. What is around it must have been seen to before. */
export function assignRoles(node: ASTNode, roles: Roles): void {
  const giver = new Giver(roles);
  switch (node.op) {
    case "==":
    case "!=":
      giver.weigh(node.args, "deep");
      break;
    case "in":
      giver.multiply(node, node.args, "deep");
      break;
    case "+":
      giver.result(node);
      giver.weigh(node.args, "shallow");
      break;
    case "<":
    case "<=":
    case ">":
    case ">=":
      giver.weigh(node.args, "shallow");
      break;
    case "call":
      giver.weigh(node.args[1], conversions.has(node.args[0]) ? "short" : "shallow");
      break;
    case "rcall":
      assignToMethod(node, node.args, giver);
      break;
  }
}

function assignToMethod(
  node: ASTNode,
  [name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]],
  giver: Giver,
): void {
  if (name === "join") giver.multiply(node, [receiver, ...args], "deep");
  else if (searches.has(name)) giver.multiply(node, [receiver, ...args.slice(0, 1)], "shallow");
  else giver.weigh([receiver], "shallow");
}
