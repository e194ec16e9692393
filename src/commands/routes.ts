import { Command, Option } from "commander";
import { paletteFor } from "../review/palette.ts";
import { explain } from "../route-report/explanation.ts";
import { glyphsFor } from "../route-report/glyphs.ts";
import { explanationText } from "../route-report/print-explanation.ts";
import { type JsonExplanation, jsonAnswer, jsonRequest } from "../route-report/print-explanation-json.ts";
import { type JsonTable, jsonTable } from "../route-report/print-json.ts";
import { mermaidOf } from "../route-report/print-mermaid.ts";
import { isPlain, tableText } from "../route-report/print-text.ts";
import { parseRequest } from "../route-report/request.ts";
import type { Style } from "../route-report/rows.ts";
import { select } from "../route-report/selection.ts";
import { servedOf } from "../route-report/served.ts";
import type { Request } from "../routes/explain.ts";
import { clusterSource } from "./cluster-source.ts";
import { Exit, type Io, UsageError } from "./io.ts";
import { policyForCluster, policyForFiles } from "./namespace-labels.ts";
import { addPaths, type PathFlags, pathsOf } from "./paths.ts";
import { setupOf } from "./policy-source.ts";
import { jsonErrors, type Notes, noteLines, notesOf } from "./route-notes.ts";
import { routedDeployments } from "./routed-deployments.ts";
import { addSettings, isOfCommands } from "./setting-options.ts";

interface Flags extends PathFlags {
  readonly [flag: string]: unknown;
  readonly namespace?: string;
  readonly output: "text" | "json" | "mermaid";
  readonly verbose?: true;
  readonly ambassadorId?: string;
  readonly explain?: readonly string[];
  readonly header?: readonly string[];
}

const help = `
Shown is what Ambassador serves once every deployment has been through the webhook, in the order in which its
routes are tried. With paths and --kubeconfig, the files take the place of the cluster's deployments of their
names. What is marked with "!" serves something else than its authors will have meant. Deployments with mistakes
of their own have no routes and are named on standard error; review says more of them.

--explain says who answers a request, with what odds, who gets a copy, and why; or which route is near it. It
takes the request as curl does; a call of gRPC is a POST to /package.Service/Method with its metadata as headers.

Exit codes: 0 done, 1 with --explain: nobody answers, 2 wrong usage, unreadable input or a cluster that cannot
be reached.

Examples:
  $ seldon-ambassador-webhook routes deploy/
  $ seldon-ambassador-webhook routes --kubeconfig ~/.kube/config -n models --verbose
  $ seldon-ambassador-webhook routes canary.yaml --kubeconfig ~/.kube/config -o mermaid
  $ seldon-ambassador-webhook routes deploy/ --explain POST \\
      http://localhost:8003/seldon/models/iris/api/v1.0/predictions -H 'location: london'
  $ seldon-ambassador-webhook routes deploy/ --explain POST \\
      https://localhost/seldon.protos.Seldon/Predict -H 'seldon: iris' -H 'namespace: models'`;

const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

/** `routes [PATH|-]…`: the route table, and what becomes of a request. */
export const routesCommand = (io: Io): Command =>
  addPaths(addSettings(new Command("routes"), isOfCommands))
    .description("show what Ambassador serves of the SeldonDeployments in files or in a cluster")
    .option(
      "-n, --namespace <name>",
      "namespace of objects that name none; of a cluster, only this namespace",
    )
    .option("--ambassador-id <id>", "only the routes of this Ambassador")
    .option("--explain <request...>", "METHOD URL: say who answers this request")
    .option("-H, --header <header>", "'name: value', a header of that request; may be repeated", collect)
    .option("-v, --verbose", "with a ready call of curl for each route")
    .addOption(
      new Option("-o, --output <form>", "what to print; mermaid: a flowchart")
        .choices(["text", "json", "mermaid"])
        .default("text"),
    )
    .addHelpText("after", help)
    .action((paths: string[], flags: Flags) => routes(paths, flags, io));

async function routes(given: readonly string[], flags: Flags, io: Io): Promise<void> {
  const { request, paths: named } = requestOf(given, flags);
  const paths = pathsOf(named, flags);
  const { config, policy } = setupOf(flags, io);
  const isListed = paths.length === 0 || config.cluster.kubeconfig !== undefined;
  const connection = isListed ? (await clusterSource([], config, io)).connection : undefined;
  if (paths.length === 0 && connection === undefined)
    throw new UsageError("name files or folders, - for standard input, or a cluster with --kubeconfig FILE");
  const namespace = flags.namespace || undefined;
  const found = await routedDeployments({ paths, namespace, connection }, io);
  const inForce = await (connection
    ? policyForCluster(policy, connection, io, found.sources)
    : policyForFiles(policy, found.sources, io));
  const all = servedOf(found.deployments, config.engine, inForce);
  const served = select(all, {
    namespace: request === undefined ? namespace : undefined,
    ambassadorId: flags.ambassadorId,
  });
  const notes = { found, served, isLive: connection !== undefined };

  io.stderr.write(noteLines(notes, paletteFor(io.stderr, io.env)));
  const isAnswered = request === undefined || printAnswer(request, { notes, flags }, io);
  if (request === undefined) printTable({ notes, flags }, io);
  if (found.problems.length > 0) throw new Exit(2);
  if (!isAnswered) throw new Exit(1);
}

/** `--explain` takes two values; what follows them on the command line are paths. */
function requestOf(
  given: readonly string[],
  { explain: values, header = [], output }: Flags,
): { readonly request: Request | undefined; readonly paths: readonly string[] } {
  if (values === undefined) {
    if (header.length > 0) throw new UsageError("-H belongs to the request of --explain METHOD URL");
    return { request: undefined, paths: given };
  }
  const [method = "", url, ...paths] = values;
  if (url === undefined)
    throw new UsageError(
      `--explain ${method}: must be a method and a URL, such as POST http://localhost:8003/seldon/…`,
    );
  if (output === "mermaid") throw new UsageError("-o mermaid draws the table: leave --explain out");
  const { request, problem } = parseRequest(method, url, header);
  if (request === undefined) throw new UsageError(problem);
  return { request, paths: [...given, ...paths] };
}

interface Result {
  readonly notes: Notes;
  readonly flags: Flags;
}

const styleOf = ({ stdout, env }: Io): Style => ({
  paint: paletteFor(stdout, env),
  glyphs: glyphsFor(stdout, env),
  width: stdout.isTTY === true ? stdout.columns : undefined,
});

const json = (document: JsonTable | JsonExplanation): string => `${JSON.stringify(document, null, 2)}\n`;

function printTable({ notes, flags }: Result, io: Io): void {
  const { served, found } = notes;
  if (flags.output === "mermaid") io.stdout.write(mermaidOf(served));
  else if (flags.output === "json")
    io.stdout.write(
      json({ ambassadors: jsonTable(served), notes: notesOf(notes), errors: jsonErrors(found) }),
    );
  else io.stdout.write(tableText(served, { ...styleOf(io), verbose: flags.verbose === true }));
}

/** Prints what becomes of the request, and returns whether anybody answers it. */
function printAnswer(request: Request, { notes, flags }: Result, io: Io): boolean {
  const { served, found } = notes;
  const explanations = served.ambassadors.map((ambassador) => explain(ambassador, request));
  const answered = explanations.some(({ answers }) => answers.length > 0);
  if (flags.output === "json")
    io.stdout.write(
      json({
        request: jsonRequest(request),
        answered,
        ambassadors: explanations.map((explanation) => jsonAnswer(explanation, served)),
        notes: notesOf(notes),
        errors: jsonErrors(found),
      }),
    );
  else io.stdout.write(explanationText(request, explanations, { ...styleOf(io), isPlain: isPlain(served) }));
  return answered;
}
