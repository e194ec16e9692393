import { Command, Option } from "commander";
import { RE2JS, RE2JSException } from "re2js";
import { readSources } from "../config/load.ts";
import { isOfEngine } from "../config/setting.ts";
import { jsonOf } from "../policy-test/print-json.ts";
import { junitOf } from "../policy-test/print-junit.ts";
import { textOf } from "../policy-test/print-text.ts";
import { type RunResult, summarize } from "../policy-test/result.ts";
import { paletteFor } from "../review/palette.ts";
import { Exit, type Io, UsageError } from "./io.ts";
import { addPaths, neededPaths, type PathFlags } from "./paths.ts";
import { findTests } from "./policy-test-files.ts";
import { PolicyTestRun } from "./policy-test-run.ts";
import { addSettings } from "./setting-options.ts";

interface Flags extends PathFlags {
  readonly [flag: string]: unknown;
  readonly config?: string;
  readonly run?: string;
  readonly requireTests?: boolean;
  readonly verbose?: boolean;
  readonly failOnly?: boolean;
  readonly output: "text" | "json" | "junit";
}

const help = `
A test is a file of kind PolicyTest. It names its policy, and its cases say what is written, in what surroundings, and
what must come of it: the README's section "Policy tests" describes the fields, manifests/policy-test.schema.json is for
editors. Each case goes through both webhooks as a write would. In folders, tests are the files that are called
*.test.yaml (.yml, .json) and those that say "kind: PolicyTest".

With --require-tests a policy of these tests, or in these folders, must say nothing that no case meets: defaults,
severities, limits, checks, exemptions, break-glass.

Exit codes: 0 every case passed, 1 one failed or, with --require-tests, is missing, 2 wrong usage, an unusable test or
policy, or nothing to run.

Examples:
  $ seldon-ambassador-webhook policy test policies/
  $ seldon-ambassador-webhook policy test -v --run 'canary|shadow' policies/small-team.test.yaml
  $ seldon-ambassador-webhook policy test --require-tests -o junit policies/ > report.xml`;

/** `policy test PATH…`: whether policies decide as their tests say. */
export const policyTestCommand = (io: Io): Command =>
  addPaths(
    addSettings(new Command("test"), isOfEngine),
    "policy tests, folders with some (recursively) or - for standard input",
  )
    .description("run the tests of policies")
    .option("--run <regex>", "only the cases whose names match this RE2 expression")
    .option("--require-tests", "fail where a policy says something that no case meets")
    .option("-v, --verbose", "name every case, not only those that failed")
    .option("--fail-only", "print nothing about what passed")
    .addOption(
      new Option("-o, --output <form>", "what to print").choices(["text", "json", "junit"]).default("text"),
    )
    .addHelpText("after", help)
    .action((paths: string[], flags: Flags) => test(paths, flags, io));

function checkUsage(flags: Flags): void {
  const { output, verbose, failOnly, requireTests, run } = flags;
  if (verbose && failOnly) throw new UsageError("--verbose and --fail-only contradict each other");
  if ((verbose || failOnly) && output !== "text")
    throw new UsageError(`--verbose and --fail-only are for -o text: -o ${output} always says all`);
  // Of a selection, nobody can say what is missing.
  if (requireTests && run !== undefined)
    throw new UsageError("--require-tests takes all cases: leave out --run");
}

/** Says of names whether the expression matches them. */
function selection(expression: string | undefined): (name: string) => boolean {
  if (expression === undefined) return () => true;
  try {
    const pattern = RE2JS.compile(expression);
    return (name) => pattern.matcher(name).find();
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new UsageError(`--run: ${error.message}`);
  }
}

async function test(named: readonly string[], flags: Flags, io: Io): Promise<void> {
  const paths = neededPaths(named, flags);
  checkUsage(flags);
  const isSelected = selection(flags.run);
  const sources = readSources({ file: flags.config, flags, env: io.env });
  const found = await findTests(paths, io.stdin);
  const run = new PolicyTestRun({
    sources,
    isSelected,
    stdin: io.stdin,
    requireTests: flags.requireTests === true,
  });
  const result = await run.of(found);
  print(result, flags, io);
  const problems = result.unusable.flatMap((each) => each.problems);
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
  const { cases, failed, untested } = summarize(result);
  if (cases === 0) throw new UsageError(`no case matches --run ${JSON.stringify(flags.run)}`);
  if (failed + untested > 0) throw new Exit(1);
}

function print(result: RunResult, { output, verbose = false, failOnly = false }: Flags, io: Io): void {
  if (output === "json") io.stdout.write(jsonOf(result));
  else if (output === "junit") io.stdout.write(junitOf(result));
  else io.stdout.write(textOf(result, { verbose, failOnly, paint: paletteFor(io.stdout, io.env) }));
}
