import { Command, Option } from "commander";
import { auditCluster } from "../audit/audit-cluster.ts";
import { type Audit, auditOf } from "../audit/audited.ts";
import { auditJson, auditText, summaryOf } from "../audit/print.ts";
import { takeCensus, withCensus } from "../cluster/census.ts";
import { deploymentCalls } from "../cluster/deployment-calls.ts";
import type { Connection } from "../cluster/live-connect.ts";
import type { Config } from "../config/config.ts";
import type { Severity } from "../diagnostics/finding.ts";
import { judge } from "../review/judge.ts";
import { paletteFor } from "../review/palette.ts";
import { problemLine } from "../review/print-text.ts";
import { deploymentsOf, type ReadProblem, readSources } from "../review/read.ts";
import { clusterFailure } from "./cluster-failure.ts";
import { clusterSource } from "./cluster-source.ts";
import { Exit, type ExitCode, type Io, UsageError } from "./io.ts";
import { policyForCluster, policyForFiles } from "./namespace-labels.ts";
import { addPaths, type PathFlags, pathsOf } from "./paths.ts";
import { type Setup, setupOf } from "./policy-source.ts";
import { addSettings, isOfCommands } from "./setting-options.ts";

interface Flags extends PathFlags {
  readonly [flag: string]: unknown;
  readonly namespace?: string;
  readonly output: "text" | "json";
  readonly severity: Severity;
}

const help = `
Every deployment is judged as it is stored, and nothing is excused as having been there before: also what was
never mutated, or carries an outdated text, is found. What only a change can break is not looked at.
Without paths the cluster of --kubeconfig is audited or, in a pod, the one around it; it takes the right to list
SeldonDeployments, and reads them twice.

Exit codes: 0 no errors, 1 errors (with --severity warning: or warnings), 2 wrong usage, unreadable input or a
cluster that cannot be reached.

Examples:
  $ seldon-ambassador-webhook audit --kubeconfig ~/.kube/config
  $ seldon-ambassador-webhook audit --kubeconfig ~/.kube/config -n models --severity warning -o json
  $ kubectl get sdep -A -o yaml | seldon-ambassador-webhook audit -`;

/** `audit [PATH|-]…`: the rules on what exists. */
export const auditCommand = (io: Io): Command =>
  addPaths(
    addSettings(new Command("audit"), isOfCommands),
    "files, folders (recursively) or - for standard input, instead of a cluster",
  )
    .description("judge the SeldonDeployments that exist in a cluster, or in files exported from one")
    .option("-n, --namespace <name>", "only the deployments of this namespace")
    .addOption(
      new Option("--severity <severity>", "least severity that fails")
        .choices(["error", "warning"])
        .default("error"),
    )
    .addOption(new Option("-o, --output <form>", "what to print").choices(["text", "json"]).default("text"))
    .addHelpText("after", help)
    .action((paths: string[], flags: Flags) => audit(paths, flags, io));

interface Found {
  readonly audit: Audit;
  readonly problems: readonly ReadProblem[];
}

async function audit(named: readonly string[], flags: Flags, io: Io): Promise<void> {
  const paths = pathsOf(named, flags);
  const setup = setupOf(flags, io);
  const namespace = flags.namespace || undefined;
  const found = await (paths.length > 0
    ? inFiles(paths, namespace, setup, io)
    : inCluster(namespace, setup, io));
  const paint = paletteFor(io.stderr, io.env);
  for (const problem of found.problems) io.stderr.write(problemLine(problem, paint));
  if (found.audit.audited === 0 && found.problems.length === 0)
    io.stderr.write(`${paint("yellow", "warning:")} no SeldonDeployment found\n`);
  io.stdout.write(
    flags.output === "json"
      ? auditJson(found.audit, found.problems)
      : auditText(found.audit, paletteFor(io.stdout, io.env)),
  );
  const code = exitCodeOf(found, flags.severity);
  if (code !== 0) throw new Exit(code);
}

function exitCodeOf({ audit: of, problems }: Found, severity: Severity): ExitCode {
  if (problems.length > 0) return 2;
  const { errors, warnings } = summaryOf(of);
  return errors > 0 || (severity === "warning" && warnings > 0) ? 1 : 0;
}

async function inFiles(
  paths: readonly string[],
  namespace: string | undefined,
  { config: { engine, cluster }, policy }: Setup,
  io: Io,
): Promise<Found> {
  if (cluster.kubeconfig !== undefined)
    throw new UsageError("paths and --kubeconfig name two clusters: give one of them");
  const { sources, problems } = await readSources(paths, io.stdin);
  const outcomes = judge(deploymentsOf(sources), {
    settings: engine,
    policy: policyForFiles(policy, sources, io),
    existing: [],
    isStored: true,
  });
  const wanted = outcomes.filter((outcome) => namespace === undefined || outcome.namespace === namespace);
  return { audit: auditOf(wanted), problems };
}

async function inCluster(namespace: string | undefined, { config, policy: loaded }: Setup, io: Io) {
  const connection = await connectionOf(
    config,
    io,
    "name files or folders, or a cluster with --kubeconfig FILE",
  );
  const policy = await policyForCluster(loaded, connection, io);
  const calls = deploymentCalls(connection.client);
  const { signal } = new AbortController();
  const take = () => takeCensus(calls, namespace, signal);
  try {
    const found = await withCensus(take, async (census) => {
      if (census.isPartial) warnOfBounds(namespace, io);
      return auditCluster(census, { settings: config.engine, policy, namespace, signal });
    });
    return { audit: found, problems: [] };
  } catch (error) {
    throw clusterFailure(connection.server, error);
  }
}

/** The cluster that a command is to work on. Throws UsageError with the advice where none is named. */
export async function connectionOf(config: Config, io: Io, advice: string): Promise<Connection> {
  const { connection } = await clusterSource([], config, io);
  if (connection === undefined) throw new UsageError(advice);
  return connection;
}

/** Says that rules about others know nothing of other namespaces. */
export function warnOfBounds(namespace: string | undefined, io: Io): void {
  const label = paletteFor(io.stderr, io.env)("yellow", "warning:");
  io.stderr.write(
    `${label} only namespace ${namespace} may be read: clashes with routes of other namespaces are not seen\n`,
  );
}
