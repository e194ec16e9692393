import { Command, Option } from "commander";
import { existingProblems } from "../review/existing.ts";
import { judge, type Outcome } from "../review/judge.ts";
import { paletteFor } from "../review/palette.ts";
import { jsonOf } from "../review/print-json.ts";
import { patchLines } from "../review/print-patch.ts";
import { problemLine, textOf } from "../review/print-text.ts";
import { yamlStream } from "../review/print-yaml.ts";
import { deploymentsOf, type ReadProblem, readSources, type Source } from "../review/read.ts";
import { rewrite } from "../review/rewrite.ts";
import type { SourceObject } from "../review/source.ts";
import { diffOf } from "./diff.ts";
import { Exit, type ExitCode, type Io } from "./io.ts";
import { policyForFiles } from "./namespace-labels.ts";
import { addPaths, neededPaths, type PathFlags } from "./paths.ts";
import { setupOf } from "./policy-source.ts";
import { addSettings, isOfFileCommands } from "./setting-options.ts";

const forms = ["text", "json", "yaml", "patch", "diff"] as const;

type Form = (typeof forms)[number];

interface Flags extends PathFlags {
  readonly cluster?: readonly string[];
  readonly namespace?: string;
  readonly output: Form;
}

const help = `
Every other deployment of the input counts as existing, whatever the order.

Exit codes: 0 nothing rejected, 1 a deployment rejected, 2 wrong usage or unreadable input.
What -o prints: text, the findings; json, one document with findings and patches; and, only if the whole
input is readable and accepted, so that nothing rejected reaches kubectl, with findings on standard error:
  yaml   all files as one stream, the deployments mutated, everything else as it was
  diff   what changes in each file, as a unified diff; its paths start at the current folder
  patch  one line of JSON for each deployment that changes: file, line, namespace, name (null if it is yet
         to be generated) and patch, the RFC 6902 operations on the object as written

Examples:
  $ seldon-ambassador-webhook review canary.yaml
  $ seldon-ambassador-webhook review -n models deploy/ --cluster existing/
  $ kubectl get sdep -A -o yaml | seldon-ambassador-webhook review -o json -
  $ seldon-ambassador-webhook review -o yaml deploy/ | kubectl apply -f -
  $ seldon-ambassador-webhook review -o diff deploy/ | git apply
  $ seldon-ambassador-webhook review -o patch deploy/ | jq -c 'select(.name == "iris").patch'`;

const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

/** `review [PATH|-]…`: the engine on files. */
export const reviewCommand = (io: Io): Command =>
  addPaths(addSettings(new Command("review"), isOfFileCommands))
    .description("judge the SeldonDeployments in files as the webhook would")
    .option("--cluster <path>", "file or folder with SeldonDeployments that exist; may be repeated", collect)
    .option("-n, --namespace <name>", "namespace of objects that name none (default: default)")
    .addOption(new Option("-o, --output <form>", "what to print, see below").choices(forms).default("text"))
    .addHelpText("after", help)
    .action((paths: string[], flags: Flags) => review(paths, flags, io));

async function review(named: readonly string[], flags: Flags, io: Io): Promise<void> {
  const clusterPaths = flags.cluster ?? [];
  const paths = neededPaths(named, flags, clusterPaths);
  const { config, policy } = setupOf({ ...flags }, io);
  const input = await readSources(paths, io.stdin);
  const cluster = await readSources(clusterPaths, io.stdin);
  const deployments = deploymentsOf(input.sources);
  const existing = deploymentsOf(cluster.sources);
  const outcomes = judge(deployments, {
    settings: config.engine,
    policy: policyForFiles(policy, [...input.sources, ...cluster.sources], io),
    namespace: flags.namespace || undefined,
    existing,
  });

  const problems = [...input.problems, ...cluster.problems, ...existingProblems(existing)];
  const paint = paletteFor(io.stderr, io.env);
  for (const problem of problems) io.stderr.write(problemLine(problem, paint));
  if (deployments.length === 0 && problems.length === 0)
    io.stderr.write(`${paint("yellow", "warning:")} no SeldonDeployment found\n`);
  const code = exitCodeOf(outcomes, problems.length);
  print({ sources: input.sources, problems, outcomes, code }, flags.output, io);
  if (code !== 0) throw new Exit(code);
}

function exitCodeOf(outcomes: readonly Outcome[], problems: number): ExitCode {
  if (problems > 0) return 2;
  return outcomes.every(({ allowed }) => allowed) ? 0 : 1;
}

interface Result {
  readonly sources: readonly Source[];
  readonly problems: readonly ReadProblem[];
  readonly outcomes: readonly Outcome[];
  readonly code: ExitCode;
}

function print(result: Result, output: Flags["output"], io: Io): void {
  const { outcomes, problems } = result;
  if (output === "json") io.stdout.write(jsonOf(outcomes, problems));
  else if (output === "text") io.stdout.write(textOf(outcomes, paletteFor(io.stdout, io.env)));
  else printAccepted(result, output, io);
}

function printAccepted(result: Result, output: Exclude<Form, "text" | "json">, io: Io): void {
  const { outcomes, code } = result;
  io.stderr.write(textOf(outcomes, paletteFor(io.stderr, io.env)));
  // All or nothing: whatever reads the pipe must not get half of what was meant.
  if (code !== 0)
    io.stderr.write(`nothing printed: -o ${output} prints only input that is accepted as a whole\n`);
  else if (output === "patch") io.stdout.write(patchLines(outcomes));
  else if (output === "yaml") printYaml(result, io);
  else printDiff(result, io);
}

function printYaml({ sources, outcomes }: Result, io: Io): void {
  const { text, restated } = yamlStream(sources, outcomes);
  warnOfLoss(restated, io);
  io.stdout.write(text);
}

function printDiff({ sources, outcomes }: Result, io: Io): void {
  const rewritings = sources.map((source) => rewrite(source, outcomes));
  warnOfLoss(
    rewritings.flatMap(({ restated }) => restated),
    io,
  );
  io.stdout.write(diffOf(rewritings, paletteFor(io.stdout, io.env)));
}

function warnOfLoss(restated: readonly SourceObject[], io: Io): void {
  const label = paletteFor(io.stderr, io.env)("yellow", "warning:");
  for (const object of restated)
    io.stderr.write(
      `${object.file}:${object.lineAt([])}: ${label} printed without its comments: its annotations are shared through an anchor\n`,
    );
}
