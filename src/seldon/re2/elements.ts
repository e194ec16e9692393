import type { CharacterSet } from "./characters.ts";
import { casesOf, charactersOf } from "./classes.ts";
import type { Node } from "./syntax.ts";

/** A dot, outside of `(?s)`. */
export const anyInLine: Node = {
  op: "class",
  ranges: [
    [0, 0x09],
    [0x0b, 0x10ffff],
  ],
  isByTable: false,
};

const literal = (rune: number, foldsCase: boolean): Node => ({ op: "literal", runes: [rune], foldsCase });

/** A class of one character, or of an ASCII letter's two cases, is a literal. */
function setNode(set: CharacterSet, folds: boolean): Node {
  const [first, second] = set.ranges;
  const size = set.ranges.reduce((sum, [lo, hi]) => sum + hi - lo + 1, 0);
  if (!first || size > 2) return { op: "class", ...set };
  if (size === 1) return literal(first[0], folds);
  const isLetter = 0x41 <= first[0] && first[0] <= 0x5a && second?.[0] === first[0] + 0x20;
  return isLetter ? literal(second[0], true) : { op: "class", ...set };
}

/** Nodes for the elements that match one character; each set is made once, and later found by identity. */
export class Elements {
  readonly #sets = new Map<string, CharacterSet>();

  rune(rune: number, folds: boolean): Node {
    if (!folds) return literal(rune, false);
    const set = this.#setOf(`${rune}`, () => ({ ranges: casesOf(rune), isByTable: false }));
    return set.ranges.length > 1 ? setNode(set, true) : literal(rune, true);
  }

  characters(element: string, folds: boolean): Node {
    const set = this.#setOf(`${folds ? "(?i)" : ""}${element}`, () => charactersOf(element, folds));
    return setNode(set, folds);
  }

  #setOf(name: string, find: () => CharacterSet): CharacterSet {
    const set = this.#sets.get(name) ?? find();
    this.#sets.set(name, set);
    return set;
  }
}
