import { closest, distance } from "fastest-levenshtein";

/** More candidates than this are not compared: a suggestion is a courtesy, not worth a slow answer. */
const maxCandidates = 2000;

/** The candidate that `written` was probably meant to be, if one is near: a third of it may differ. */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  if (written.length > 253 || candidates.length === 0) return undefined;
  const best = closest(written, candidates.slice(0, maxCandidates));
  return distance(written, best) <= Math.max(1, Math.floor(written.length / 3)) ? best : undefined;
}
