import { readFile, realpath } from "node:fs/promises";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { ConfigError } from "../config/config-error.ts";
import { textOf } from "../policy-file/load.ts";
import { isPolicy, isTest } from "../policy-test/read.ts";
import type { Unusable } from "../policy-test/result.ts";
import { expand, problemWith } from "../review/read.ts";

/** A policy test as it was found. */
export interface FoundTest {
  /** `<stdin>` for standard input. */
  readonly file: string;
  readonly text: string;
}

/** What paths led to. */
export interface Found {
  readonly tests: readonly FoundTest[];
  /** Policies in folders, whether or not a test names them. */
  readonly policies: readonly string[];
  readonly unusable: readonly Unusable[];
}

async function textAt(file: string, stdin: Readable): Promise<FoundTest> {
  if (file === "-") return { file: "<stdin>", text: textOf("<stdin>", await buffer(stdin)) };
  try {
    return { file, text: textOf(file, await readFile(file)) };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`${file}: ${problemWith(file, error).message}`]);
  }
}

class Finding {
  readonly tests: FoundTest[] = [];
  readonly policies: string[] = [];
  readonly unusable: Unusable[] = [];
  readonly #seen = new Set<string>();
  readonly #stdin: Readable;

  constructor(stdin: Readable) {
    this.#stdin = stdin;
  }

  /** What stands at a path. One that leads to no test is a mistake: a run of nothing would pass. */
  async path(path: string): Promise<void> {
    const { files, isFolder, problems } = await expand(path);
    for (const { file, message } of problems) this.unusable.push({ file, problems: [`${file}: ${message}`] });
    let count = 0;
    for (const file of files) if (await this.#file(file, isFolder)) count++;
    if (count === 0 && problems.length === 0)
      this.unusable.push({ file: path, problems: [`${path}: there is no policy test`] });
  }

  /** Whether the file is a test, one of another path among them. */
  async #file(file: string, isFolder: boolean): Promise<boolean> {
    const identity = file === "-" ? file : await realpath(file).catch(() => file);
    if (this.#seen.has(identity)) return true;
    let found: FoundTest;
    try {
      found = await textAt(file, this.#stdin);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      // Whatever else lies in a folder need not be text.
      if (isFolder && !isTest(file, "")) return false;
      this.unusable.push({ file, problems: error.problems });
      return true;
    }
    if (isFolder && !isTest(file, found.text)) {
      if (isPolicy(found.text)) this.policies.push(file);
      return false;
    }
    this.#seen.add(identity);
    this.tests.push(found);
    return true;
  }
}

/** All policy tests that paths lead to: what is named must be one, in folders they are looked for. */
export async function findTests(paths: readonly string[], stdin: Readable): Promise<Found> {
  const finding = new Finding(stdin);
  for (const path of paths) await finding.path(path);
  return finding;
}
