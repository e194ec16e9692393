import { type Alias, isAlias, isMap, isSeq, type Node } from "yaml";

const childrenOf = (node: Node): (Node | null)[] => {
  if (isSeq(node)) return node.items as (Node | null)[];
  if (isMap(node)) return node.items.flatMap(({ key, value }) => [key, value] as (Node | null)[]);
  return [];
};

/** Finds what every alias stands for: the nearest anchor of its name before it. */
export function linkAliases(root: Node): Map<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  const walk = (node: Node): void => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
      return;
    }
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) anchors.set(anchor, node);
    for (const child of childrenOf(node)) if (child !== null) walk(child);
  };
  walk(root);
  return targets;
}
