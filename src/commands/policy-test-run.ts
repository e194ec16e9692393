import { realpathSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import type { Readable } from "node:stream";
import { ConfigError } from "../config/config-error.ts";
import type { ConfigSources } from "../config/load.ts";
import type { Statement } from "../policy/statements.ts";
import { checkPrefix } from "../policy/types.ts";
import { loadPolicy } from "../policy-file/load.ts";
import { problemLine } from "../policy-file/read.ts";
import { RuleIds } from "../policy-file/rule-ids.ts";
import type { Case } from "../policy-test/case.ts";
import { type ReadTest, readTest } from "../policy-test/read.ts";
import { pathsIn, resolve } from "../policy-test/resolve.ts";
import type { FileResult, RunResult, Untested, Unusable } from "../policy-test/result.ts";
import { type Bench, benchFor, runCase } from "../policy-test/run-case.ts";
import { untestedOf } from "../policy-test/untested.ts";
import { type Input, readSources } from "../review/read.ts";
import type { Found, FoundTest } from "./policy-test-files.ts";

/** What a run depends on besides its files. */
export interface RunOptions {
  readonly sources: ConfigSources;
  readonly isSelected: (name: string) => boolean;
  readonly stdin: Readable;
  /** Asks for what policies say and no case meets. */
  readonly requireTests: boolean;
}

/** A policy that some test names. */
interface Tested {
  readonly file: string;
  readonly bench: Bench;
  readonly met: Statement[];
}

/** A path that a test names, from where the test stands. */
const pathFrom = (file: string, path: string): string =>
  isAbsolute(path) || file === "<stdin>" ? path : join(dirname(file), path);

const identityOf = (file: string): string => {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
};

/** Runs policy tests, one file after the other. */
export class PolicyTestRun {
  readonly #files: FileResult[] = [];
  readonly #unusable: Unusable[] = [];
  readonly #policies = new Map<string, Tested>();
  /** Also what cannot be used. */
  readonly #named = new Set<string>();
  readonly #options: RunOptions;
  /** For the cases that do not say when they happen. */
  readonly #nowMs = Date.now();

  constructor(options: RunOptions) {
    this.#options = options;
  }

  /** What came of the tests. */
  async of(found: Found): Promise<RunResult> {
    for (const test of found.tests) await this.#test(test);
    return {
      files: this.#files,
      unusable: [...found.unusable, ...this.#unusable],
      untested: this.#options.requireTests ? this.#untested(found.policies) : [],
    };
  }

  async #test({ file, text }: FoundTest): Promise<void> {
    const startedMs = performance.now();
    try {
      const { test, problems } = readTest(text);
      if (test === undefined) throw new ConfigError(problems.map((problem) => problemLine(file, problem)));
      const tested = this.#policy(pathFrom(file, test.raw.policy));
      const cases = await this.#cases(file, test, tested);
      const results = cases
        .filter(({ name }) => this.#options.isSelected(name))
        .map((each) => this.#timed(each, tested));
      if (results.length === 0) return;
      const seconds = (performance.now() - startedMs) / 1000;
      this.#files.push({ file, policyFile: tested.file, results, seconds });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#unusable.push({ file, problems: error.problems });
    }
  }

  #policy(file: string): Tested {
    const identity = identityOf(file);
    this.#named.add(identity);
    const known = this.#policies.get(identity);
    if (known !== undefined) return known;
    const { sources, requireTests } = this.#options;
    const bench = benchFor(loadPolicy(file, sources), { nowMs: this.#nowMs, asksMet: requireTests });
    const tested = { file, bench, met: [] };
    this.#policies.set(identity, tested);
    return tested;
  }

  async #cases(file: string, test: ReadTest, { bench }: Tested): Promise<readonly Case[]> {
    const files = new Map<string, Input>();
    for (const path of pathsIn(test.raw))
      files.set(path, await readSources([pathFrom(file, path)], this.#options.stdin));
    const { cases, problems } = resolve(test, { files, ruleIds: ruleIdsOf(bench) });
    if (problems.length > 0) throw new ConfigError(problems.map((problem) => problemLine(file, problem)));
    return cases;
  }

  #timed(each: Case, { bench, met }: Tested) {
    const startedMs = performance.now();
    const result = runCase(each, bench);
    met.push(...result.met);
    return { ...result, seconds: (performance.now() - startedMs) / 1000 };
  }

  #untested(policies: readonly string[]): readonly Untested[] {
    const named = [...this.#policies.values()].map(({ file, bench, met }) => ({
      file,
      hasTest: true,
      statements: untestedOf(bench.index, met),
    }));
    const others = policies.filter((file) => !this.#named.has(identityOf(file)));
    return [
      ...named.filter(({ statements }) => statements.length > 0),
      ...others.map((file) => ({ file, hasTest: false, statements: [] })),
    ];
  }
}

/** All rules, the checks of this policy among them. */
const ruleIdsOf = ({ index }: Bench): RuleIds =>
  new RuleIds(index.policy.checks.map(({ id }) => ({ name: id.slice(checkPrefix.length) })));
