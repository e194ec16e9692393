import { isGlob, literalLength, matchesGlob } from "./glob.ts";
import { type LabelsOf, matchesLabels } from "./labels.ts";
import type { PolicyEntry } from "./types.ts";

/** Exact name, glob, labels alone, everything: what is more specific goes before. */
type Rank = 3 | 2 | 1 | 0;

interface Match<Entry> {
  readonly entry: Entry;
  readonly rank: Rank;
  /** Of a glob: how many characters it names. */
  readonly length: number;
  readonly index: number;
}

interface Pattern<Entry> {
  readonly pattern: string;
  readonly entry: Entry;
  readonly index: number;
}

const bySpecificity = <Entry>(a: Match<Entry>, b: Match<Entry>): number =>
  a.rank - b.rank || a.length - b.length || a.index - b.index;

/** The entries of one list, found by namespace. */
export class EntryIndex<Entry extends PolicyEntry> {
  readonly #exact = new Map<string, Pattern<Entry>[]>();
  readonly #globs: Pattern<Entry>[] = [];
  readonly #rest: { readonly entry: Entry; readonly index: number }[] = [];

  constructor(entries: readonly Entry[]) {
    for (const [index, entry] of entries.entries()) {
      const { namespaces } = entry.selector;
      if (namespaces === undefined) this.#rest.push({ entry, index });
      for (const pattern of namespaces ?? []) this.#add({ pattern, entry, index });
    }
  }

  #add(pattern: Pattern<Entry>): void {
    if (isGlob(pattern.pattern)) {
      this.#globs.push(pattern);
      return;
    }
    const known = this.#exact.get(pattern.pattern);
    if (known) known.push(pattern);
    else this.#exact.set(pattern.pattern, [pattern]);
  }

  /**
   * The entries for a namespace, the least specific first: for everything, by labels alone, by a glob (the one that
   * names fewer characters first), by the exact name; among equals in the order of the file. So whoever comes last
   * wins. Throws NamespaceUnknown where labels decide and are not known.
   */
  for(namespace: string, labelsOf: LabelsOf): readonly Entry[] {
    const best = new Map<number, Match<Entry>>();
    for (const match of this.#candidates(namespace)) {
      const known = best.get(match.index);
      if (known === undefined || bySpecificity(match, known) > 0) best.set(match.index, match);
    }
    return [...best.values()]
      .filter(({ entry }) => {
        const { labels } = entry.selector;
        return labels === undefined || matchesLabels(labels, labelsOf(namespace));
      })
      .toSorted(bySpecificity)
      .map(({ entry }) => entry);
  }

  *#candidates(namespace: string): Iterable<Match<Entry>> {
    for (const { entry, index } of this.#rest)
      yield { entry, index, rank: entry.selector.labels === undefined ? 0 : 1, length: 0 };
    for (const { pattern, entry, index } of this.#globs)
      if (matchesGlob(pattern, namespace)) yield { entry, index, rank: 2, length: literalLength(pattern) };
    for (const { entry, index } of this.#exact.get(namespace) ?? [])
      yield { entry, index, rank: 3, length: 0 };
  }
}
