/** Matches one byte of a range, then any of `next`; where that is empty, the character is complete. */
export interface ByteStep {
  readonly lo: number;
  readonly hi: number;
  readonly folds: boolean;
  /** Found again by other characters, so it must stay as it is. */
  readonly shared: boolean;
  next: ByteStep[];
}

type ByteRange = readonly [lo: number, hi: number];

const lastOfLength = [0x7f, 0x7ff, 0xffff];
const lastRune = 0x10ffff;
const allButAscii = [
  { lo: 0xc2, hi: 0xdf },
  { lo: 0xe0, hi: 0xef },
  { lo: 0xf0, hi: 0xf4 },
];

function encode(rune: number): number[] {
  if (rune <= 0x7f) return [rune];
  if (rune <= 0x7ff) return [0xc0 | (rune >> 6), 0x80 | (rune & 0x3f)];
  if (rune <= 0xffff) return [0xe0 | (rune >> 12), 0x80 | ((rune >> 6) & 0x3f), 0x80 | (rune & 0x3f)];
  return [
    0xf0 | (rune >> 18),
    0x80 | ((rune >> 12) & 0x3f),
    0x80 | ((rune >> 6) & 0x3f),
    0x80 | (rune & 0x3f),
  ];
}

/** The first code point after which the encodings of a range no longer agree byte by byte, or undefined. */
function splitAfter(lo: number, hi: number): number | undefined {
  const longest = lastOfLength.find((last) => lo <= last && last < hi);
  if (longest !== undefined) return longest;
  if (hi <= 0x7f) return undefined;
  for (const mask of [0x3f, 0xfff, 0x3ffff]) {
    if ((lo & ~mask) === (hi & ~mask)) continue;
    if ((lo & mask) !== 0) return lo | mask;
    if ((hi & mask) !== mask) return (hi & ~mask) - 1;
  }
  return undefined;
}

/** One range of code points as sequences of byte ranges, in ascending order. */
function* sequences(lo: number, hi: number): Generator<readonly ByteRange[]> {
  let from = lo;
  const ends = [hi];
  while (ends.length > 0) {
    const to = ends[ends.length - 1] ?? hi;
    const split = splitAfter(from, to);
    if (split !== undefined) {
      ends.push(split);
      continue;
    }
    const last = encode(to);
    yield encode(from).map((byte, index): ByteRange => [byte, last[index] ?? byte]);
    ends.pop();
    from = to + 1;
  }
}

/**
 * The tree of byte ranges that libre2 makes of one set of characters (compile.cc, AddRuneRangeUTF8): common suffixes
 * are shared, and so are the prefixes of neighbours.
 */
export class ByteTree {
  readonly first: ByteStep[] = [];
  readonly #shared = new Map<string, ByteStep>();
  readonly #ids = new Map<ByteStep, number>();

  /** Ranges come in ascending order. `folds`: an ASCII range that matches both cases. */
  add(lo: number, hi: number, folds: boolean): void {
    if (hi < lastRune || lo > 0x80) {
      for (const bytes of sequences(lo, hi)) this.#addSequence(bytes, folds);
      return;
    }
    if (lo < 0x80) this.#addSequence([[lo, 0x7f]], folds);
    this.#addAllButAscii();
  }

  #addSequence(bytes: readonly ByteRange[], folds: boolean): void {
    let next: ByteStep | undefined;
    for (const [index, [lo, hi]] of [...bytes.entries()].reverse()) {
      // The suffixes worth sharing: the last byte, and ranges between it and the first.
      const shared = index > 0 && (index === bytes.length - 1 || lo < hi);
      next = shared
        ? this.#share(lo, hi, next)
        : { lo, hi, folds: folds && hi < 0x80, shared, next: next ? [next] : [] };
    }
    if (next) this.#insert(this.first, next);
  }

  /** Everything from U+0080 on: libre2 lets overlong encodings pass here to make it short. */
  #addAllButAscii(): void {
    let next: ByteStep[] = [];
    for (const lead of allButAscii) {
      next = [{ lo: 0x80, hi: 0xbf, folds: false, shared: true, next }];
      this.first.push({ ...lead, folds: false, shared: false, next });
    }
  }

  #share(lo: number, hi: number, next: ByteStep | undefined): ByteStep {
    const key = `${lo}-${hi}-${next ? this.#ids.get(next) : ""}`;
    const known = this.#shared.get(key);
    if (known) return known;
    const step: ByteStep = { lo, hi, folds: false, shared: true, next: next ? [next] : [] };
    this.#ids.set(step, this.#ids.size);
    this.#shared.set(key, step);
    return step;
  }

  /** Compares with the latest alternative only: as the ranges ascend, no other can begin alike. */
  #insert(siblings: ByteStep[], step: ByteStep): void {
    const latest = siblings.at(-1);
    if (!latest || latest.lo !== step.lo || latest.hi !== step.hi || latest.folds !== step.folds) {
      siblings.push(step);
      return;
    }
    const own = { ...latest, shared: false, next: [...latest.next] };
    siblings[siblings.length - 1] = own;
    for (const next of step.next) this.#insert(own.next, next);
  }
}
