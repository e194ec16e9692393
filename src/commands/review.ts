import { Command, Option } from "commander";
import { existingProblems } from "../review/existing.ts";
import { judge, type Outcome } from "../review/judge.ts";
import { paletteFor } from "../review/palette.ts";
import { jsonOf } from "../review/print-json.ts";
import { problemLine, textOf } from "../review/print-text.ts";
import { yamlStream } from "../review/print-yaml.ts";
import { deploymentsOf, type ReadProblem, readSources, type Source } from "../review/read.ts";
import { Exit, type ExitCode, type Io, UsageError } from "./io.ts";
import { addSettings, configOf } from "./setting-options.ts";

interface Flags {
  readonly cluster?: readonly string[];
  readonly namespace?: string;
  readonly output: "text" | "json" | "yaml";
}

const help = `
Every other deployment of the input counts as existing, whatever the order.

Exit codes: 0 nothing rejected, 1 a deployment rejected, 2 wrong usage or unreadable input.
With -o yaml nothing is printed unless the whole input is readable and accepted, so that
nothing rejected reaches kubectl; findings then go to standard error.

Examples:
  $ seldon-ambassador-webhook review canary.yaml
  $ seldon-ambassador-webhook review -n models deploy/ --cluster existing/
  $ kubectl get sdep -A -o yaml | seldon-ambassador-webhook review -o json -
  $ seldon-ambassador-webhook review -o yaml deploy/ | kubectl apply -f -`;

const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

/** `review [PATH|-]…`: the engine on files. */
export const reviewCommand = (io: Io): Command =>
  addSettings(new Command("review"), ({ path }) => !/^(server|log)\./.test(path))
    .description("judge the SeldonDeployments in files as the webhook would")
    .argument("[paths...]", "files, folders (recursively) or - for standard input; YAML or JSON")
    .option("--cluster <path>", "file or folder with SeldonDeployments that exist; may be repeated", collect)
    .option("-n, --namespace <name>", "namespace of objects that name none (default: default)")
    .addOption(
      new Option("-o, --output <form>", "what to print; yaml: the input with the deployments mutated")
        .choices(["text", "json", "yaml"])
        .default("text"),
    )
    .addHelpText("after", help)
    .action((paths: string[], flags: Flags) => review(paths, flags, io));

async function review(paths: readonly string[], flags: Flags, io: Io): Promise<void> {
  if (paths.length === 0) throw new UsageError("name at least one file or folder, or - for standard input");
  const clusterPaths = flags.cluster ?? [];
  if ([...paths, ...clusterPaths].filter((path) => path === "-").length > 1)
    throw new UsageError("standard input can be read only once");
  const { engine } = configOf({ ...flags }, io);
  const input = await readSources(paths, io.stdin);
  const cluster = await readSources(clusterPaths, io.stdin);
  const deployments = deploymentsOf(input.sources);
  const existing = deploymentsOf(cluster.sources);
  const outcomes = judge(deployments, {
    settings: engine,
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
  else if (output === "yaml") printYaml(result, io);
  else io.stdout.write(textOf(outcomes, paletteFor(io.stdout, io.env)));
}

function printYaml({ sources, outcomes, code }: Result, io: Io): void {
  const paint = paletteFor(io.stderr, io.env);
  io.stderr.write(textOf(outcomes, paint));
  // All or nothing: whatever reads the pipe must not get half of what was meant.
  if (code !== 0) {
    io.stderr.write("nothing printed: -o yaml prints only input that is accepted as a whole\n");
    return;
  }
  const { text, restated } = yamlStream(sources, outcomes);
  for (const object of restated)
    io.stderr.write(
      `${object.file}:${object.lineAt([])}: ${paint("yellow", "warning:")} printed without its comments: its annotations are shared through an anchor\n`,
    );
  io.stdout.write(text);
}
