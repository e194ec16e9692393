import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Whether processes can be kept apart, each on a core of its own. */
export const canPin = availableParallelism() > 1 && spawnSync("taskset", ["--version"]).status === 0;

/** The command that keeps a program on one core; where that is not possible, the program itself. */
export const pinned = (core: number, command: readonly [string, ...string[]]): [string, ...string[]] =>
  canPin ? ["taskset", "--cpu-list", String(core), ...command] : [...command];
