import type { Statement } from "../policy/statements.ts";
import type { CaseResult } from "./run-case.ts";

/** What came of a case, and how long it took. */
export interface TimedResult extends CaseResult {
  readonly seconds: number;
}

/** What came of one file. */
export interface FileResult {
  readonly file: string;
  readonly policyFile: string;
  readonly results: readonly TimedResult[];
  readonly seconds: number;
}

/** A test that cannot be run, or a policy that cannot be used: its lines begin with the place. */
export interface Unusable {
  readonly file: string;
  readonly problems: readonly string[];
}

/** A policy, and what it says that no case meets. */
export interface Untested {
  readonly file: string;
  /** Whether some test names it. */
  readonly hasTest: boolean;
  readonly statements: readonly Statement[];
}

/** What came of a run. */
export interface RunResult {
  readonly files: readonly FileResult[];
  readonly unusable: readonly Unusable[];
  /** Only what was asked for by `--require-tests`. */
  readonly untested: readonly Untested[];
}

export const isPassed = ({ differences }: Pick<CaseResult, "differences">): boolean =>
  differences.length === 0;

/** Counts over a whole run. */
export interface Summary {
  readonly files: number;
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  /** Tests and policies that cannot be used. */
  readonly unusable: number;
  /** What policies say without a case. */
  readonly untested: number;
}

export function summarize({ files, unusable, untested }: RunResult): Summary {
  const results = files.flatMap((each) => each.results);
  const passed = results.filter(isPassed).length;
  return {
    files: files.length,
    cases: results.length,
    passed,
    failed: results.length - passed,
    unusable: unusable.length,
    untested: untested.reduce((sum, { hasTest, statements }) => sum + (hasTest ? statements.length : 1), 0),
  };
}

/** `severity of header-form` */
export function statementWords({ kind, id }: Statement): string {
  if (kind === "break-glass") return "break-glass";
  if (kind === "check") return `check ${id}`;
  return kind === "exemption" ? `exemption ${JSON.stringify(id)}` : `${kind} of ${id}`;
}

/** The lines about what no case meets: `policy.yaml:12: no case meets the severity of header-form`. */
export const untestedLines = ({ file, hasTest, statements }: Untested): readonly string[] =>
  hasTest
    ? statements.map((each) => `${file}:${each.line}: no case meets the ${statementWords(each)}`)
    : [`${file}:1: no test names this policy`];
