import { constants } from "node:os";
import { Command } from "commander";
import { isSettled } from "../adopt/account.ts";
import { adoptAll, type Sighting, survey } from "../adopt/adopt-all.ts";
import { type Adoption, NotAnswered } from "../adopt/adopt-one.ts";
import { differenceOf } from "../adopt/difference.ts";
import { type Census, takeCensus, withCensus } from "../cluster/census.ts";
import { deploymentCalls, type Reference } from "../cluster/deployment-calls.ts";
import { pause, systemClock } from "../cluster/live-clock.ts";
import type { Connection } from "../cluster/live-connect.ts";
import { restartingSetting } from "../config/conflicts.ts";
import type { EngineSettings } from "../config/settings.ts";
import type { PolicyContext } from "../policy/policy-index.ts";
import { paletteFor } from "../review/palette.ts";
import { deploymentKey } from "../seldon/types.ts";
import { AdoptOutput } from "./adopt-output.ts";
import { connectionOf, warnOfBounds } from "./audit.ts";
import { clusterFailure } from "./cluster-failure.ts";
import { Exit, type ExitCode, type Io, UsageError } from "./io.ts";
import { policyForCluster } from "./namespace-labels.ts";
import { setupOf } from "./policy-source.ts";
import { addSettings, isOfCommands } from "./setting-options.ts";
import { stopSignal } from "./signals.ts";

interface Flags {
  readonly [flag: string]: unknown;
  readonly namespace?: string;
  readonly selector?: string;
  readonly rate: string;
  readonly dryRun?: true;
  readonly restartPods?: true;
}

const help = `
Deployments that were never mutated, or whose text is out of date, are updated without a change, one by one, so
that the installed webhook writes its text. Each is tried in a dry run of the API server first: where no webhook
answers, or one with other settings than these, it says so and ends before anything was written.
What a rule stands against is left alone, and what carries the author's own configuration is right as it is.
It takes the rights to list, get and patch SeldonDeployments. Interrupted, it finishes the one under way; run
again, it goes on with those that are left.

Exit codes: 0 all are right, 1 some are not, 2 wrong usage or a cluster that cannot be reached, 130 interrupted.

Examples:
  $ seldon-ambassador-webhook adopt --kubeconfig ~/.kube/config --dry-run
  $ seldon-ambassador-webhook adopt --kubeconfig ~/.kube/config -n models --selector team=search --rate 1`;

/** `adopt`: brings what exists under the webhook. */
export const adoptCommand = (io: Io): Command =>
  addSettings(new Command("adopt"), isOfCommands)
    .description("have the installed webhook write its text into deployments that lack it")
    .option("-n, --namespace <name>", "only the deployments of this namespace")
    .option("-l, --selector <labels>", "only the deployments with these labels, as kubectl's")
    .option("--rate <number>", "deployments per second, at most", "5")
    .option("--dry-run", "print the difference for each deployment and write nothing")
    .option(
      "--restart-pods",
      "also where the text restarts pods: carriers spec and predictor, suppressDuplicates",
    )
    .addHelpText("after", help)
    .action((flags: Flags) => adopt(flags, io));

function intervalOf(rate: string): number {
  const number = /^\d{1,4}(\.\d{1,3})?$/.test(rate) ? Number(rate) : 0;
  if (number === 0)
    throw new UsageError(`--rate: Invalid value: ${JSON.stringify(rate)}: must be a number above 0, to 9999`);
  return 1000 / number;
}

function checkCarrier(settings: EngineSettings, { dryRun, restartPods }: Flags): void {
  if (dryRun || restartPods) return;
  const setting = restartingSetting(settings);
  if (setting !== undefined)
    throw new UsageError(
      `with ${setting} each adopted deployment restarts its pods: allow it by --restart-pods`,
    );
}

/** One run. */
interface Run {
  readonly flags: Flags;
  readonly settings: EngineSettings;
  readonly policy: PolicyContext | undefined;
  readonly connection: Connection;
  readonly intervalMs: number;
  /** Aborted by the signal that ends the program. */
  readonly stopping: AbortSignal;
  readonly output: AdoptOutput;
  readonly io: Io;
}

async function adopt(flags: Flags, io: Io): Promise<void> {
  const { config, policy: loaded } = setupOf(flags, io);
  const intervalMs = intervalOf(flags.rate);
  checkCarrier(config.engine, flags);
  const connection = await connectionOf(config, io, "name a cluster with --kubeconfig FILE");
  const policy = await policyForCluster(loaded, connection, io);
  const stop = new AbortController();
  stopSignal().then((signal) => stop.abort(signal));
  const output = new AdoptOutput(io);
  const { engine: settings } = config;
  const run = { flags, settings, policy, connection, intervalMs, stopping: stop.signal, output, io };
  const failure = await work(run).then(
    () => undefined,
    (error: unknown) => error,
  );
  output.finish(flags.dryRun === true);
  if (stop.signal.aborted) throw new Exit(signalCode(stop.signal.reason));
  if (failure !== undefined && !(failure instanceof NotAnswered))
    throw clusterFailure(connection.server, failure);
  if (failure !== undefined) io.stderr.write(`error: ${(failure as NotAnswered).message}\n`);
  if (failure !== undefined || !isSettled(output.account)) throw new Exit(1);
}

const signalCode = (signal: NodeJS.Signals): ExitCode => (128 + constants.signals[signal]) as ExitCode;

async function work(run: Run): Promise<void> {
  const { flags, settings, policy, connection, output, stopping } = run;
  const calls = deploymentCalls(connection.client);
  const namespace = flags.namespace || undefined;
  const take = (): Promise<Census> => takeCensus(calls, namespace, stopping);
  const [todo, seen] = [new Map<string, Reference>(), new Set<string>()];
  const { census } = await withCensus(take, (fresh) => look(fresh, run, todo, seen));
  if (flags.dryRun) return;
  let present = census;
  // What is under way when a signal comes is finished.
  const unstopped = new AbortController().signal;
  const adoption: Adoption = {
    calls,
    restartPods: flags.restartPods === true,
    context(raw) {
      present.store.put(raw);
      return { settings, policy, cluster: present.store.view };
    },
    async renew() {
      present = await takeCensus(calls, namespace, unstopped);
    },
    wait: (attempt) => pause(100 * attempt * (0.5 + Math.random()), unstopped, systemClock),
  };
  output.begin(todo.size);
  const pace = { clock: systemClock, intervalMs: run.intervalMs, stopping };
  await adoptAll([...todo.values()], adoption, pace, (reference, result) => output.ended(reference, result));
}

/** What is to be said or done about each deployment, once: where a census grew too old, the next one goes on. */
async function look(
  census: Census,
  run: Run,
  todo: Map<string, Reference>,
  seen: Set<string>,
): Promise<{ census: Census }> {
  const { flags, output, stopping, io } = run;
  const namespace = flags.namespace || undefined;
  if (census.isPartial) warnOfBounds(namespace, io);
  const wanted = { selection: { namespace, selector: flags.selector }, signal: stopping };
  const { right } = await survey(census, run, wanted, (sighting) => {
    const key = deploymentKey(sighting.namespace, sighting.name);
    if (seen.has(key)) return;
    seen.add(key);
    if (isToBeAdopted(sighting, run)) todo.set(key, { namespace: sighting.namespace, name: sighting.name });
  });
  output.right(right);
  return { census };
}

/** Whether it is; if not, all is said. */
function isToBeAdopted({ plan, raw, ...reference }: Sighting, { flags, output, io }: Run): boolean {
  if (plan.kind === "rejected") output.told(reference, { outcome: "rejected", reports: plan.reports });
  if (plan.kind !== "adopt") return false;
  const { namespace, name } = reference;
  if (flags.dryRun)
    output.shown(differenceOf(`${namespace}/${name}`, raw, plan.wanted, paletteFor(io.stdout, io.env)));
  else if (plan.restartsPods && !flags.restartPods) output.told(reference, { outcome: "restarts" });
  else return true;
  return false;
}
