import type { Command } from "commander";
import { UsageError } from "./io.ts";

/** The flag that `addPaths` adds. */
export interface PathFlags {
  readonly filename?: readonly string[];
}

const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

/** Adds the paths that a command reads: as its last argument and, for fingers used to kubectl, as -f. */
export const addPaths = (
  command: Command,
  description = "files, folders (recursively) or - for standard input; YAML or JSON",
): Command =>
  command
    .argument("[paths...]", description)
    .option("-f, --filename <path>", "the same as a path, as kubectl has it; may be repeated", collect);

/** All that were named; `others` may read standard input, too. Throws UsageError when it would be read twice. */
export function pathsOf(
  named: readonly string[],
  { filename = [] }: PathFlags,
  others: readonly string[] = [],
): readonly string[] {
  const paths = [...named, ...filename];
  if ([...paths, ...others].filter((path) => path === "-").length > 1)
    throw new UsageError("standard input can be read only once");
  return paths;
}

/** The same for a command that does nothing without. */
export function neededPaths(...given: Parameters<typeof pathsOf>): readonly string[] {
  const paths = pathsOf(...given);
  if (paths.length === 0) throw new UsageError("name at least one file or folder, or - for standard input");
  return paths;
}
