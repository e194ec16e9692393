import type { Budget } from "./budget.ts";
import { failure, type Program, type Step } from "./steps.ts";

/**
 * The size of a program as libre2 lays it out (prog.cc, Flatten), without the loop that looks for a match further
 * on. It consists of lists without forks: each begins with a "root" and ends where another begins, to which it jumps.
 */
export function flatSize({ steps, start }: Program, budget: Budget): number {
  if (start === failure) return 1;
  const forks = new Map<number, number[]>();
  const { roots, inner } = markFollowers(steps, start, forks);
  const followers = [...roots]
    .filter((root) => root !== start && root !== failure)
    .sort((one, other) => other - one);
  for (const root of followers) {
    if (budget.left < 0) break;
    markDominators(flood(steps, root, roots, budget), roots, forks);
  }
  let size = inner;
  for (const root of roots) {
    if (budget.left < 0) break;
    for (const place of flood(steps, root, roots, budget))
      size += place !== root && roots.has(place) ? 1 : (steps[place]?.cost.heads ?? 0);
  }
  return size;
}

interface Marked {
  /** Steps that begin a list. */
  readonly roots: Set<number>;
  /** Instructions for all bytes of characters but the first. */
  readonly inner: number;
}

/** Makes roots of all that follows a character, and notes from which forks a step is reached. */
function markFollowers(steps: readonly Step[], start: number, forks: Map<number, number[]>): Marked {
  const roots = new Set([failure, start]);
  const reachable = new Set([start]);
  let inner = 0;
  for (const place of reachable) {
    const step = steps[place];
    if (!step) continue;
    inner += step.cost.inner;
    for (const target of step.targets) {
      reachable.add(target);
      if (step.kind === "take") roots.add(target);
      else noteFork(forks, target, place);
    }
  }
  return { roots, inner };
}

function noteFork(forks: Map<number, number[]>, target: number, fork: number): void {
  const known = forks.get(target);
  if (known) known.push(fork);
  else forks.set(target, [fork]);
}

/** What a root leads to without a character, up to the next roots and with them. */
function flood(
  steps: readonly Step[],
  root: number,
  roots: ReadonlySet<number>,
  budget: Budget,
): Set<number> {
  const reached = new Set([root]);
  for (const place of reached) {
    if (--budget.left < 0) break;
    const step = steps[place];
    if (step?.kind !== "fork" || (place !== root && roots.has(place))) continue;
    for (const target of step.targets) reached.add(target);
  }
  return reached;
}

/** A step that is led to from elsewhere too begins a list of its own. */
function markDominators(
  reached: ReadonlySet<number>,
  roots: Set<number>,
  forks: ReadonlyMap<number, readonly number[]>,
): void {
  for (const place of reached) if (forks.get(place)?.some((fork) => !reached.has(fork))) roots.add(place);
}
