import { anyInLine, Elements } from "./elements.ts";
import { factor } from "./factor.ts";
import { alternate, anyChar, concat, emptyMatch, flag, isSingle, type Node, squashed } from "./syntax.ts";
import { assertions, type Token, tokensOf } from "./tokens.ts";

/** A group that is still open. */
interface Frame {
  /** To return to when it closes. */
  readonly flags: number;
  readonly captures: boolean;
  readonly alternatives: Node[];
  items: Node[];
}

/** As many as re2js accepts. */
const deepest = 1_000;

const flagOf = new Map([
  ["i", flag.foldCase],
  ["s", flag.dotMatchesNewline],
  ["m", flag.multiline],
  ["U", flag.nonGreedy],
]);

const bits = (letters: string) => [...letters].reduce((sum, letter) => sum | (flagOf.get(letter) ?? 0), 0);

/** Builds the tree that libre2's parser builds (parse.cc). */
class Parser {
  readonly #elements = new Elements();
  readonly #outer: Frame[] = [];
  #frame: Frame = { flags: 0, captures: false, alternatives: [], items: [] };
  #flags = 0;

  parse(expression: string): Node {
    for (const token of tokensOf(expression)) {
      if (token.kind === "bar") this.#endAlternative();
      else if (token.kind === "flags") this.#setFlags(token);
      else if (token.kind === "open") this.#open(token.captures);
      else if (token.kind === "close") this.#close();
      else if (token.kind === "operator" || token.kind === "repeat") this.#repeat(token);
      else this.#push(this.#nodeOf(token));
    }
    return this.#alternation();
  }

  #has(bit: number): boolean {
    return (this.#flags & bit) !== 0;
  }

  #nodeOf(token: Token & { kind: "rune" | "class" | "dot" | "assert" }): Node {
    const folds = this.#has(flag.foldCase);
    if (token.kind === "rune") return this.#elements.rune(token.rune, folds);
    if (token.kind === "class") return this.#elements.characters(token.text, folds);
    if (token.kind === "dot") return this.#has(flag.dotMatchesNewline) ? anyChar : anyInLine;
    const [inText, inLine] = assertions[token.mark];
    return { op: "assert", what: this.#has(flag.multiline) ? inLine : inText };
  }

  #push(node: Node): void {
    this.#joinLiterals();
    this.#frame.items.push(node);
  }

  /** Makes one string of the last two literals, before anything follows: an operator takes the last one alone. */
  #joinLiterals(): void {
    const { items } = this.#frame;
    const [one, other] = items.slice(-2);
    if (one?.op === "literal" && other?.op === "literal" && one.foldsCase === other.foldsCase)
      items.splice(-2, 2, { ...one, runes: [...one.runes, ...other.runes] });
  }

  #repeat(token: Token & { kind: "operator" | "repeat" }): void {
    const sub = this.#frame.items.pop() ?? emptyMatch;
    const flags = token.lazy ? this.#flags ^ flag.nonGreedy : this.#flags;
    const { min, max } = token.kind === "repeat" ? token : { min: 0, max: 0 };
    this.#frame.items.push(
      token.kind === "operator"
        ? squashed(token.operator, sub, flags)
        : { op: "repeat", sub, min, max, flags },
    );
  }

  #open(captures: boolean): void {
    if (this.#outer.length >= deepest) throw new RangeError("groups are nested too deeply");
    this.#outer.push(this.#frame);
    this.#frame = { flags: this.#flags, captures, alternatives: [], items: [] };
  }

  #close(): void {
    const node = this.#alternation();
    const { captures, flags } = this.#frame;
    this.#frame = this.#outer.pop() ?? this.#frame;
    this.#flags = flags;
    this.#push(captures ? { op: "capture", sub: node } : node);
  }

  #setFlags({ set, cleared, opens }: Token & { kind: "flags" }): void {
    if (opens) this.#open(false);
    this.#flags = (this.#flags | bits(set)) & ~bits(cleared);
  }

  #endAlternative(): void {
    this.#joinLiterals();
    const { alternatives, items } = this.#frame;
    const node = concat(items.flatMap((item) => (item.op === "concat" ? item.subs : [item])));
    this.#frame.items = [];
    const last = alternatives.at(-1);
    // Beside any character, others go without saying.
    if (last?.op === "anyChar" && isSingle(node)) return;
    if (last && node.op === "anyChar" && isSingle(last)) alternatives.pop();
    alternatives.push(node);
  }

  #alternation(): Node {
    this.#endAlternative();
    const { alternatives } = this.#frame;
    if (alternatives.length < 2) return alternate(alternatives);
    return alternate(factor(alternatives.flatMap((node) => (node.op === "alternate" ? node.subs : [node]))));
  }
}

/** The tree of a valid expression. Others throw what re2js throws, or a RangeError, or have some tree. */
export const parse = (expression: string): Node => new Parser().parse(expression);
