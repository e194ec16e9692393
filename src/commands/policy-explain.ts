import { Command, Option } from "commander";
import { deploymentCalls } from "../cluster/deployment-calls.ts";
import type { Connection } from "../cluster/live-connect.ts";
import { LiveFailure } from "../cluster/live-failure.ts";
import { settingsFor } from "../config/settings.ts";
import { isMap } from "../mapping/custom.ts";
import type { NamespacePolicy, PolicyContext } from "../policy/policy-index.ts";
import { policyFor } from "../policy/policy-index.ts";
import type { Labels } from "../policy/types.ts";
import { deploymentsOf, readSources, type Source } from "../review/read.ts";
import { decodeDeployment } from "../seldon/decode.ts";
import type { SeldonDeployment } from "../seldon/types.ts";
import { clusterFailure } from "./cluster-failure.ts";
import { clusterSource } from "./cluster-source.ts";
import { type Io, UsageError } from "./io.ts";
import { policyForCluster, policyForFiles } from "./namespace-labels.ts";
import { addPaths, type PathFlags, pathsOf } from "./paths.ts";
import { explanationJson, explanationText } from "./policy-explanation.ts";
import { setupOf } from "./policy-source.ts";
import { addSettings } from "./setting-options.ts";

interface Flags extends PathFlags {
  readonly [flag: string]: unknown;
  readonly output: "text" | "json";
}

const help = `
Says which defaults, severities, limits and exemptions hold in a namespace, and which lines of the policy file say
so. With a name, also what becomes of each default on that SeldonDeployment. Objects, and the Namespaces whose labels
the policy reads, come from files or from the cluster of --kubeconfig.

Exit codes: 0 done, 2 wrong usage, an unusable policy or unreadable input.

Examples:
  $ seldon-ambassador-webhook policy explain --policy policy.yaml models
  $ seldon-ambassador-webhook policy explain --policy policy.yaml models/iris deploy/ namespaces.yaml
  $ seldon-ambassador-webhook policy explain --policy policy.yaml models/iris --kubeconfig ~/.kube/config`;

/** `policy explain NAMESPACE[/NAME] [PATH|-]…`: what holds where, and why. */
export const policyExplainCommand = (io: Io): Command =>
  addPaths(
    addSettings(
      new Command("explain"),
      ({ path }) =>
        path === "policy.file" || path === "cluster.kubeconfig" || path === "seldon.operatorVersion",
    ).argument("<namespace[/name]>", "the namespace, or a SeldonDeployment in it"),
  )
    .description("explain what a policy says about a namespace, or about one SeldonDeployment")
    .addOption(new Option("-o, --output <form>", "what to print").choices(["text", "json"]).default("text"))
    .addHelpText("after", help)
    .action((target: string, paths: string[], flags: Flags) => explain(target, paths, { flags, io }));

/** What is explained. */
export interface Explanation {
  readonly file: string;
  readonly context: PolicyContext;
  readonly namespace: string;
  /** Absent where the policy does not read labels. */
  readonly labels: Labels | undefined;
  readonly found: NamespacePolicy;
  readonly deployment: SeldonDeployment | undefined;
}

async function explain(
  target: string,
  named: readonly string[],
  { flags, io }: { readonly flags: Flags; readonly io: Io },
): Promise<void> {
  const paths = pathsOf(named, flags);
  const { config, policy } = setupOf(flags, io);
  if (policy === undefined) throw new UsageError("name the policy with --policy FILE");
  const [namespace = "", name, ...more] = target.split("/");
  if (namespace === "" || name === "" || more.length > 0)
    throw new UsageError(`${target}: must be a namespace, or namespace/name`);
  const { sources, problems } = await readSources(paths, io.stdin);
  const [problem] = problems;
  if (problem !== undefined)
    throw new UsageError(
      `${problem.file}${problem.line === undefined ? "" : `:${problem.line}`}: ${problem.message}`,
    );
  const needsCluster = policy.index.readsLabels || (name !== undefined && paths.length === 0);
  const { connection } = needsCluster ? await clusterSource([], config, io) : { connection: undefined };
  const context = await (connection
    ? policyForCluster(policy, connection, io, sources)
    : policyForFiles(policy, sources, io));
  if (context === undefined) return;
  const deployment =
    name === undefined ? undefined : await deploymentOf({ namespace, name }, sources, connection);
  const taken = { namespace, controllerId: deployment?.controllerId };
  const found = policyFor(context, namespace, settingsFor(config.engine, taken).seldon.operatorVersion);
  if (found === undefined) return;
  const labels = policy.index.readsLabels ? context.labelsOf(namespace) : undefined;
  const explanation: Explanation = { file: policy.file, context, namespace, labels, found, deployment };
  io.stdout.write(flags.output === "json" ? explanationJson(explanation) : explanationText(explanation));
}

interface Reference {
  readonly namespace: string;
  readonly name: string;
}

async function deploymentOf(
  reference: Reference,
  sources: readonly Source[],
  connection: Connection | undefined,
): Promise<SeldonDeployment> {
  const { namespace, name } = reference;
  const isMeant = (value: unknown): boolean => {
    const metadata = isMap(value) && isMap(value.metadata) ? value.metadata : {};
    return metadata.name === name && (metadata.namespace ?? "default") === namespace;
  };
  const written = deploymentsOf(sources).find(({ value }) => isMeant(value))?.value;
  const raw = written ?? (connection && (await fetched(reference, connection)));
  if (raw === undefined)
    throw new UsageError(`there is no SeldonDeployment ${namespace}/${name}: name its file, or a cluster`);
  const { deployment } = decodeDeployment(raw, namespace);
  if (deployment === undefined) throw new UsageError(`${namespace}/${name}: its fields have the wrong types`);
  return deployment;
}

async function fetched(reference: Reference, { client, server }: Connection): Promise<unknown> {
  try {
    return await deploymentCalls(client).get(reference);
  } catch (error) {
    if (error instanceof LiveFailure && error.reason === "missing") return undefined;
    throw clusterFailure(server, error);
  }
}
