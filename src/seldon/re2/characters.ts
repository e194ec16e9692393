import { type ByteStep, ByteTree } from "./utf8.js";

/**
 * What a set of characters costs in libre2's program: `heads` instructions in the list of whatever leads to it, one
 * for each first byte or range of first bytes, and `inner` ones for the bytes that follow.
 */
export interface Cost {
  readonly heads: number;
  readonly inner: number;
}

/** First and last code point of each range, in ascending order. */
export type Runes = ArrayLike<number>;

type Range = readonly [lo: number, hi: number];

function* rangesOf(runes: Runes): Generator<Range> {
  for (let index = 0; index + 1 < runes.length; index += 2) yield [runes[index] ?? 0, runes[index + 1] ?? 0];
}

/** The letters of `first` to `first + 25` that the ranges hold, one bit each. */
function lettersFrom(first: number, ranges: readonly Range[]): number {
  let letters = 0;
  for (const [lo, hi] of ranges)
    for (let letter = Math.max(lo, first); letter <= Math.min(hi, first + 25); letter++)
      letters |= 1 << (letter - first);
  return letters;
}

function plant(runes: Runes): ByteTree {
  const ranges = [...rangesOf(runes)];
  // Where a set holds both cases of each of its letters, libre2 leaves the capitals to a flag of the small ones.
  const folds = lettersFrom(0x41, ranges) === lettersFrom(0x61, ranges);
  const tree = new ByteTree();
  for (const [lo, hi] of ranges) {
    if (folds && 0x41 <= lo && hi <= 0x5a) continue;
    const hasAll = lo <= 0x41 && 0x7a <= hi;
    const hasNone = hi < 0x41 || 0x7a < lo || (0x5a < lo && hi < 0x61);
    tree.add(lo, hi, folds && !hasAll && !hasNone);
  }
  return tree;
}

/** Every step that another one leads to. */
function followers(first: readonly ByteStep[]): Set<ByteStep> {
  const found = new Set<ByteStep>(first);
  for (const step of found) for (const next of step.next) found.add(next);
  return found;
}

/**
 * Each place that a byte leads to begins a list. A step found in the lists of two places, or in a list and as a
 * place of its own, is a list too, and the others hold an instruction that jumps to it.
 */
function innerCost(first: readonly ByteStep[]): number {
  const places = new Set<ByteStep>();
  const mentions = new Map<ByteStep, number>();
  let cost = 0;
  for (const { next } of followers(first)) {
    const [only] = next;
    if (only && next.length === 1) places.add(only);
    if (next.length < 2) continue;
    cost += next.length;
    for (const step of next) mentions.set(step, (mentions.get(step) ?? 0) + 1);
  }
  for (const [step, count] of mentions) if (count > 1) places.add(step);
  return cost + places.size;
}

export function costOfRunes(runes: Runes): Cost {
  const { first } = plant(runes);
  return { heads: first.length, inner: innerCost(first) };
}
