import type { Facts } from "./facts.ts";
import type { Verdict } from "./verdict.ts";

/** One thing that must hold of an installation. Judges what was fetched: synchronous, total, never reads itself. */
export interface Check {
  /** Kebab-case and equal to the file name. */
  readonly id: string;
  /** What is looked at. */
  readonly what: string;
  /** At least one verdict. */
  judge(facts: Facts): Iterable<Verdict>;
}
