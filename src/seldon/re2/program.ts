import type { Budget } from "./budget.ts";
import { type CharacterSet, type Cost, costOf, type Range } from "./characters.ts";
import { failure, jumpResolver, type Program, type Step } from "./steps.ts";
import { type Composite, emptyMatch, type Literal, type Node, type Options, type Repeat } from "./syntax.ts";

/** A part of a program, whose end leads nowhere yet. Undefined stands for what can never match. */
type Fragment = { readonly begin: number; readonly end: number; readonly isNullable: boolean } | undefined;

const single: Cost = { heads: 1, inner: 0 };
const none: Cost = { heads: 0, inner: 0 };
const anything: CharacterSet = { ranges: [[0, 0x10ffff]], isByTable: false };

const moreBytes = (rune: number): number => [0x7f, 0x7ff, 0xffff].filter((last) => rune > last).length;

/** Compiles a tree in libre2's order (compile.cc); the instructions for bytes are counted, not made. */
class Compiler {
  readonly steps: Step[] = [{ kind: "end", cost: single, targets: [] }];
  readonly #costs = new Map<readonly Range[], Cost>();
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  compile(node: Node): Fragment {
    if (--this.#budget.left < 0) return undefined;
    switch (node.op) {
      case "noMatch":
        return undefined;
      case "emptyMatch":
        return this.#empty();
      case "anyChar":
        return this.#take(this.#costOf(anything));
      case "class":
        return this.#take(this.#costOf(node));
      case "assert":
        return { ...this.#take(single), isNullable: true };
      case "literal":
        return this.#literal(node);
      case "capture":
        return this.#capture(this.compile(node.sub));
      case "concat":
        return this.#concat(node);
      case "alternate":
        return this.#alternate(node);
      case "options":
        return this.#options(node);
      default:
        return this.#repeat(node);
    }
  }

  /** The place where a program begins that is over behind the fragment. */
  finish(fragment: Fragment): number {
    if (!fragment) return failure;
    this.#lead(fragment, this.#add("end", [], single));
    return fragment.begin;
  }

  #add(kind: Step["kind"], targets: number[], cost = none): number {
    return this.steps.push({ kind, targets, cost }) - 1;
  }

  #lead({ end }: NonNullable<Fragment>, place: number): void {
    this.steps[end]?.targets.push(place);
  }

  #empty(): NonNullable<Fragment> {
    const place = this.#add("jump", []);
    return { begin: place, end: place, isNullable: true };
  }

  #take(cost: Cost): NonNullable<Fragment> {
    const place = this.#add("take", [], cost);
    return { begin: place, end: place, isNullable: false };
  }

  #literal({ runes }: Literal): Fragment {
    const takes = runes.map((rune): Fragment => this.#take({ heads: 1, inner: moreBytes(rune) }));
    return takes.reduce((one, other) => this.#cat(one, other));
  }

  /** Once something cannot match, the rest does not matter. */
  #concat({ subs: [first = emptyMatch, ...others] }: Composite): Fragment {
    let all = this.compile(first);
    for (const sub of others) {
      if (!all) break;
      all = this.#cat(all, this.compile(sub));
    }
    return all;
  }

  #compileEach(subs: readonly Node[]): Fragment[] {
    const fragments: Fragment[] = [];
    for (const sub of subs) {
      if (this.#budget.left < 0) break;
      fragments.push(this.compile(sub));
    }
    return fragments;
  }

  #cat(one: Fragment, other: Fragment): Fragment {
    if (!one || !other) return undefined;
    this.#lead(one, other.begin);
    return { begin: one.begin, end: other.end, isNullable: one.isNullable && other.isNullable };
  }

  #alternate({ subs }: Composite): Fragment {
    const fragments = this.#compileEach(subs).filter((fragment) => fragment !== undefined);
    const [first, ...others] = fragments;
    if (!first) return undefined;
    const end = this.#add("jump", []);
    for (const fragment of fragments) this.#lead(fragment, end);
    const begin = others.reduce((before, other) => this.#add("fork", [before, other.begin]), first.begin);
    return { begin, end, isNullable: fragments.some(({ isNullable }) => isNullable) };
  }

  #capture(sub: Fragment): Fragment {
    if (!sub) return undefined;
    const begin = this.#add("take", [sub.begin], single);
    const end = this.#add("take", [], single);
    this.#lead(sub, end);
    return { begin, end, isNullable: sub.isNullable };
  }

  #repeat({ op, sub }: Repeat): Fragment {
    const fragment = this.compile(sub);
    if (op === "quest") return this.#quest(fragment);
    if (op === "plus") return this.#plus(fragment);
    return fragment?.isNullable ? this.#quest(this.#plus(fragment)) : this.#star(fragment);
  }

  #options({ sub, innermost, count }: Options): Fragment {
    const outer = this.#compileEach(Array.from({ length: count - 1 }, () => sub));
    const inner = this.compile(innermost);
    if (!inner) return this.#empty();
    const end = this.#add("jump", []);
    this.#lead(inner, end);
    let { begin } = inner;
    for (const fragment of outer.reverse()) {
      if (!fragment) return this.#empty();
      this.#lead(fragment, begin);
      begin = this.#add("fork", [fragment.begin, end]);
    }
    return { begin, end, isNullable: true };
  }

  #star(sub: Fragment): Fragment {
    const end = this.#add("jump", []);
    const begin = this.#add("fork", [sub?.begin ?? failure, end]);
    if (sub) this.#lead(sub, begin);
    return { begin, end, isNullable: true };
  }

  #plus(sub: Fragment): Fragment {
    const loop = this.#star(sub);
    return sub && loop && { begin: sub.begin, end: loop.end, isNullable: sub.isNullable };
  }

  #quest(sub: Fragment): Fragment {
    if (!sub) return this.#empty();
    const end = this.#add("jump", []);
    const begin = this.#add("fork", [sub.begin, end]);
    this.#lead(sub, end);
    return { begin, end, isNullable: true };
  }

  #costOf(set: CharacterSet): Cost {
    const cost = this.#costs.get(set.ranges) ?? costOf(set);
    this.#costs.set(set.ranges, cost);
    return cost;
  }
}

/** The program of a tree, with no jumps left in it. */
export function compile(node: Node, budget: Budget): Program {
  const compiler = new Compiler(budget);
  const { steps } = compiler;
  const start = compiler.finish(compiler.compile(node));
  const resolve = jumpResolver(steps);
  return {
    steps: steps.map((step) => ({ ...step, targets: step.targets.map(resolve) })),
    start: resolve(start),
  };
}
