import { lstat, readdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { parseSource, type ReadProblem, type Source } from "./source.ts";
import { type PlacedObject, parseValues } from "./values.ts";

export { isSeldonDeployment } from "./objects.ts";
export { deploymentsOf, type ReadProblem, type Source } from "./source.ts";
export type { PlacedObject } from "./values.ts";

/** What paths led to. Whatever could be read is in `sources`, in the order of the paths. */
export interface Input {
  readonly sources: readonly Source[];
  readonly problems: readonly ReadProblem[];
}

// The extensions that kubectl takes from a folder; a file that is named may have any.
const extension = /\.(json|yaml|yml)$/;

const reasons: Record<string, string> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  ELOOP: "too many symbolic links",
  EROFS: "the file system is read-only",
};

/** What the file system says of a file; whatever else was thrown is thrown again. */
export const problemWith = (file: string, error: unknown): ReadProblem => {
  if (!(error instanceof Error) || !("code" in error)) throw error;
  return { file, message: reasons[String(error.code)] ?? error.message };
};

// As kubectl -R: sorted by name, files and folders among each other, no link to a folder followed.
async function filesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).sort();
  const nested = names.map(async (name): Promise<string[]> => {
    const path = join(folder, name);
    if ((await lstat(path)).isDirectory()) return filesIn(path);
    return extension.test(name) ? [path] : [];
  });
  return (await Promise.all(nested)).flat();
}

type Parse<T> = (file: string, text: string) => Parsed<T>;

interface Parsed<T> {
  readonly read: readonly T[];
  readonly problems: readonly ReadProblem[];
}

function parseBytes<T>(file: string, bytes: Uint8Array, parse: Parse<T>): Parsed<T> {
  try {
    return parse(file, new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { read: [], problems: [{ file, message: "not UTF-8 text" }] };
  }
}

async function parseFile<T>(path: string, parse: Parse<T>): Promise<Parsed<T>> {
  try {
    return parseBytes(path, await readFile(path), parse);
  } catch (error) {
    return { read: [], problems: [problemWith(path, error)] };
  }
}

/** What a path stands for. */
export interface Expanded {
  /** In the order of kubectl; `-` stands for itself. */
  readonly files: readonly string[];
  /** Whether they were found in a folder, and not named. */
  readonly isFolder: boolean;
  readonly problems: readonly ReadProblem[];
}

/** The file that is named, or all of a folder that kubectl would take. Never rejects for what it finds. */
export async function expand(path: string): Promise<Expanded> {
  try {
    if (path === "-" || !(await stat(path)).isDirectory())
      return { files: [path], isFolder: false, problems: [] };
    const files = await filesIn(path);
    const message = "the folder holds no .json, .yaml or .yml file";
    return { files, isFolder: true, problems: files.length === 0 ? [{ file: path, message }] : [] };
  } catch (error) {
    return { files: [], isFolder: false, problems: [problemWith(path, error)] };
  }
}

async function readAll<T>(paths: readonly string[], stdin: Readable, parse: Parse<T>): Promise<Parsed<T>> {
  const read: T[] = [];
  const problems: ReadProblem[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    const expanded = await expand(path);
    problems.push(...expanded.problems);
    for (const file of expanded.files) {
      const identity = file === "-" ? file : await realpath(file).catch(() => file);
      if (seen.has(identity)) continue;
      seen.add(identity);
      const input =
        file === "-" ? parseBytes("<stdin>", await buffer(stdin), parse) : await parseFile(file, parse);
      for (const each of input.read) read.push(each);
      problems.push(...input.problems);
    }
  }
  return { read, problems };
}

/**
 * Reads files, folders (recursively) and `-` for standard input as `kubectl -R -f` does: YAML, JSON, several
 * documents, Lists. A file that is reached twice is read once. Never throws for what the input holds.
 */
export async function readSources(paths: readonly string[], stdin: Readable): Promise<Input> {
  const { read: sources, problems } = await readAll(paths, stdin, (file, text) => {
    const { source, problems } = parseSource(file, text);
    return { read: [source], problems };
  });
  return { sources, problems };
}

/** The same for whoever needs the objects alone: JSON is read at a small part of the memory. */
export async function readObjects(
  paths: readonly string[],
  stdin: Readable,
): Promise<{ objects: readonly PlacedObject[]; problems: readonly ReadProblem[] }> {
  const { read: objects, problems } = await readAll(paths, stdin, (file, text) => {
    const { objects, problems } = parseValues(file, text);
    return { read: objects, problems };
  });
  return { objects, problems };
}
