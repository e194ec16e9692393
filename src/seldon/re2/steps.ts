import type { Cost } from "./characters.ts";

/**
 * One instruction. "take" is what libre2 lists and goes on from: characters, ends of groups, assertions. A "fork"
 * leads to two places, a "jump" to one.
 */
export interface Step {
  readonly kind: "take" | "fork" | "jump" | "end";
  readonly cost: Cost;
  /** Places in the program. */
  readonly targets: number[];
}

export interface Program {
  readonly steps: readonly Step[];
  readonly start: number;
}

/** The place of the failure that each program begins with. */
export const failure = 0;

/** Finds where jumps end; those that lead nowhere yet end in the failure. */
export function jumpResolver(steps: readonly Step[]): (place: number) => number {
  const known = new Map<number, number>();
  return (place) => {
    const path: number[] = [];
    let target = place;
    for (let step = steps[target]; step?.kind === "jump"; step = steps[target]) {
      path.push(target);
      target = known.get(target) ?? step.targets[0] ?? failure;
    }
    for (const passed of path) known.set(passed, target);
    return target;
  };
}
