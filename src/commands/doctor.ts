import { Command, Option } from "commander";
import type { Connection } from "../cluster/live-connect.ts";
import { type Diagnosis, diagnose } from "../doctor/catalogue.ts";
import { gather } from "../doctor/gather/gather.ts";
import { doctorJson, doctorText } from "../doctor/print.ts";
import { doctorGrants, grantLine } from "../doctor/rights.ts";
import type { Status } from "../doctor/verdict.ts";
import { paletteFor } from "../review/palette.ts";
import { connectionOf } from "./audit.ts";
import { clusterFailure } from "./cluster-failure.ts";
import { Exit, type Io } from "./io.ts";
import { type Setup, setupOf } from "./policy-source.ts";
import { addSettings, isOfCommands } from "./setting-options.ts";

interface Flags {
  readonly [flag: string]: unknown;
  readonly namespace?: string;
  readonly output: "text" | "json";
  readonly severity: Exclude<Status, "ok">;
}

const help = `
Checks an installation from the CRD to what is stored, says what is wrong and what to do, and ends with two dry
runs: a SeldonDeployment that must be rejected, and one that must pass with its text injected. Nothing is stored.
The settings and the policy of the webhook are read from its Deployment and its ConfigMaps; where that cannot be seen,
from these flags.
A check that lacks a right is skipped, never passed; where the dry runs could not be made either, the exit code is 2.

Exit codes: 0 no problem, 1 problems (with --severity warning or skipped: those too), 2 wrong usage, a cluster that
cannot be reached, or rights too few to tell anything.

It takes the rights to
${doctorGrants.map((grant) => `  ${grantLine(grant)}`).join("\n")}

Examples:
  $ seldon-ambassador-webhook doctor --kubeconfig ~/.kube/config
  $ seldon-ambassador-webhook doctor --kubeconfig ~/.kube/config -n models --severity warning -o json`;

/** `doctor`: everything about an installation, and what to do. */
export const doctorCommand = (io: Io): Command =>
  addSettings(new Command("doctor"), isOfCommands)
    .description("check an installation in a cluster, and say what to do")
    .option(
      "-n, --namespace <name>",
      "where the dry runs take place; default, or one that the webhook selects",
    )
    .addOption(
      new Option("--severity <severity>", "least severity that fails")
        .choices(["problem", "warning", "skipped"])
        .default("problem"),
    )
    .addOption(new Option("-o, --output <form>", "what to print").choices(["text", "json"]).default("text"))
    .addHelpText("after", help)
    .action((flags: Flags) => doctor(flags, io));

async function doctor(flags: Flags, io: Io): Promise<void> {
  const setup = setupOf(flags, io);
  const connection = await connectionOf(setup.config, io, "name a cluster with --kubeconfig FILE");
  const diagnoses = await diagnosesOf(connection, setup, flags, io);
  io.stdout.write(
    flags.output === "json" ? doctorJson(diagnoses) : doctorText(diagnoses, paletteFor(io.stdout, io.env)),
  );
  const failing = severities.slice(0, severities.indexOf(flags.severity) + 1);
  if (diagnoses.some(({ status }) => failing.includes(status))) throw new Exit(1);
  if (!isTold(diagnoses)) {
    io.stderr.write("error: the dry runs could not be made: nothing is known for certain\n");
    throw new Exit(2);
  }
}

const severities: readonly Status[] = ["problem", "warning", "skipped"];

async function diagnosesOf(
  { client, server }: Connection,
  { config: { engine, cluster }, policy }: Setup,
  flags: Flags,
  io: Io,
): Promise<readonly Diagnosis[]> {
  try {
    const facts = await gather(client, {
      surroundings: { kubeconfig: cluster.kubeconfig },
      ruling: { engine, policy: policy?.index },
      namespace: flags.namespace || undefined,
      now: new Date(),
      tell: (step) => io.stderr.write(`looking at ${step}\n`),
    });
    return diagnose(facts);
  } catch (error) {
    throw clusterFailure(server, error);
  }
}

/** Whether the API server itself has shown what it does. */
const isTold = (diagnoses: readonly Diagnosis[]): boolean =>
  diagnoses.some(({ check, status }) => check === "dry-run" && status !== "skipped");
