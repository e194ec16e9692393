import { closest, distance } from "fastest-levenshtein";

/** More candidates than this are not compared: a suggestion is a courtesy, not worth a slow answer. */
const maxCandidates = 2000;

/** The candidate that `written` was probably meant to be, if one is near: a third of it may differ, and its case. */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  if (written.length > 253 || candidates.length === 0) return undefined;
  const lower = new Map(
    candidates.slice(0, maxCandidates).map((candidate) => [candidate.toLowerCase(), candidate]),
  );
  const word = written.toLowerCase();
  const best = closest(word, [...lower.keys()]);
  return distance(word, best) <= Math.max(2, Math.floor(word.length / 3)) ? lower.get(best) : undefined;
}
