import { Command } from "commander";
import type { LiveView } from "../cluster/live.ts";
import type { ApiClient } from "../cluster/live-client.ts";
import type { Connection } from "../cluster/live-connect.ts";
import { emptyCluster } from "../cluster/snapshot.ts";
import type { ClusterView } from "../cluster/view.ts";
import type { Config } from "../config/config.ts";
import type { Reconciliation } from "../reconcile/reconcile.ts";
import { ListenError } from "../server/listen.ts";
import { createLogger, type Logger } from "../server/log.ts";
import { type RunningServer, type ServerParts, startServer } from "../server/start.ts";
import { isOurs } from "../tls/renewal.ts";
import { auditing } from "./auditing.ts";
import { type Certificates, certificatesFor } from "./certificates.ts";
import { clientsOf } from "./client-authority.ts";
import { clusterSource } from "./cluster-source.ts";
import { follow } from "./follow.ts";
import { type Io, UsageError } from "./io.ts";
import { engineContext, policing } from "./policing.ts";
import { type Setup, setupOf } from "./policy-source.ts";
import { reconciling } from "./reconciling.ts";
import { register, registrationFor, unregister } from "./register.ts";
import { addSettings } from "./setting-options.ts";
import { stopSignal } from "./signals.ts";
import { tryout } from "./tryout.ts";
import type { Registration } from "./webhook-configurations.ts";

interface Flags {
  readonly [flag: string]: unknown;
  readonly cluster?: readonly string[];
  readonly register?: string;
}

const help = `
What exists is read from --cluster PATH, from the cluster of --kubeconfig FILE or, in a pod, from the cluster
around it. A cluster is followed: /readyz fails until it has been read, and while it cannot be reached.

In a pod the webhook makes its certificates itself, with a CA that all replicas share in a Secret, and keeps the
caBundle of both webhook configurations right; with --cert-dir it serves what others put into that folder. Elsewhere
it serves the local pair in certs/. Either way another certificate is served as soon as it is there.

--register URL is for a local run against the cluster of --kubeconfig: it writes a mutating and a validating
webhook configuration under names of its own, which call URL/mutate and URL/validate and trust the local CA,
and removes them when the program ends. After a kill -9 they stay: start it again, or delete them by hand.

Examples:
  $ seldon-ambassador-webhook serve --cluster existing/
  $ seldon-ambassador-webhook serve --kubeconfig ~/.kube/config --register https://localhost:8443`;

const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

/** `serve`: the webhook, until a signal stops it. */
export const serveCommand = (io: Io): Command =>
  addSettings(new Command("serve"))
    .description("serve the webhook over TLS")
    .option("--cluster <path>", "file or folder with SeldonDeployments that exist; may be repeated", collect)
    .option("--register <url>", "have the API server of --kubeconfig call this address until the end")
    .addHelpText("after", help)
    .action((flags: Flags) => serve(flags, io));

function checkNoneIsNeeded({ register: url }: Flags, { reconcile }: Config): void {
  if (url !== undefined) throw new UsageError("--register writes to a cluster: name it with --kubeconfig");
  if (reconcile)
    throw new UsageError("reconcile writes to a cluster that is followed: name it with --kubeconfig");
}

async function serve(flags: Flags, io: Io): Promise<void> {
  const setup = setupOf(flags, io);
  const { config } = setup;
  const { view, connection } = await clusterSource(flags.cluster ?? [], config, io);
  if (connection === undefined) checkNoneIsNeeded(flags, config);
  const logger = createLogger(config.log.level, io.stdout, config.log.format);
  const isPod = connection !== undefined && config.cluster.kubeconfig === undefined;
  const certificates = await certificatesFor(config, { connection, isPod, logger });
  try {
    await serveWith(certificates, { ...setup, flags, view, connection, logger, io });
  } finally {
    await certificates.source.stop();
  }
}

/** What was found out before anything listens. */
interface Beginning extends Setup {
  readonly flags: Flags;
  readonly view: ClusterView | undefined;
  readonly connection: Connection | undefined;
  readonly logger: Logger;
  readonly io: Io;
}

async function serveWith(certificates: Certificates, beginning: Beginning): Promise<void> {
  const { flags, config, view, connection, logger, io } = beginning;
  const { source } = certificates;
  const registration =
    flags.register === undefined ? undefined : registrationFor(flags.register, source.current);
  const clients = clientsOf(config, logger);
  const live = connection && follow(connection, config, logger);
  const policed = policing(beginning, connection, logger);
  const context = engineContext(beginning, live?.view ?? view ?? emptyCluster(), policed);
  const followed = live && connection && { live, client: connection.client };
  const audit = followed && auditing(followed, context, config, logger);
  const reconciliation = followed && reconciling(followed, context, config, logger);
  try {
    const server = await start({
      ...{ live, audit, reconciliation, policy: policed?.live, namespaces: policed?.namespaces, clients },
      ...{ settings: config.server, context, logger, certificates: source },
    });
    // Listened for before the ready line: whoever waits for that line may send a signal right after it.
    const run: Run = { server, certificates, live, reconciliation, logger, stopped: stopSignal() };
    const ready = () => io.stderr.write(`${readyText(run).join("\n")}\n`);
    try {
      await (connection && registration
        ? whileRegistered(registration, connection.client, run, ready)
        : untilStopped(run, ready));
    } finally {
      await server.close();
    }
    logger.info("stopped");
  } finally {
    await Promise.all([audit, reconciliation, live, policed, clients].map((each) => each?.stop()));
  }
}

/** A server on its way from its first call to its last. */
interface Run {
  readonly server: RunningServer;
  readonly certificates: Certificates;
  readonly live: LiveView | undefined;
  readonly reconciliation: Reconciliation | undefined;
  readonly logger: Logger;
  readonly stopped: Promise<NodeJS.Signals>;
}

async function untilStopped(run: Run, ready: () => unknown): Promise<void> {
  const { certificates, live, reconciliation, logger, stopped } = run;
  const started = Promise.all([certificates.source.whenServing, live?.whenSynced]);
  const early = await Promise.race([stopped, started.then(() => undefined)]);
  if (early === undefined) await ready();
  logger.info({ signal: await stopped }, "stopping");
  // Before the configurations are taken away: nothing would answer what it tries.
  await reconciliation?.stop();
}

/** The configurations are gone before the server is: nobody calls a webhook that no longer answers. */
async function whileRegistered(
  registration: Registration,
  client: ApiClient,
  run: Run,
  ready: () => unknown,
): Promise<void> {
  try {
    await untilStopped(run, async () => {
      await register(client, registration, run.logger);
      // Another pair, such as that of `certs --force`, may be signed by another CA.
      run.certificates.source.onChange(({ ca = registration.ca }) => {
        register(client, { ...registration, ca }, run.logger).catch((err) =>
          run.logger.error({ err }, "webhook could not be registered with the new CA"),
        );
      });
      ready();
    });
  } finally {
    await unregister(client, registration, run.logger);
  }
}

async function start(parts: ServerParts): Promise<RunningServer> {
  try {
    return await startServer(parts);
  } catch (error) {
    if (error instanceof ListenError) throw new UsageError(error.message);
    throw error;
  }
}

function readyText({ server: { port, metricsPort }, certificates: { source, folder } }: Run): string[] {
  const ready = `ready: https://localhost:${port}/mutate and /validate; metrics: http://localhost:${metricsPort}/metrics`;
  // One of others may not name localhost.
  const isLocal = folder !== undefined && isOurs(source.current?.cert ?? "");
  return isLocal ? [ready, ...tryout(folder, port, process.cwd())] : [ready];
}
