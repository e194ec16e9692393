import { Command } from "commander";
import type { Config } from "../config/config.ts";
import { ListenError } from "../server/listen.ts";
import { createLogger, type Logger } from "../server/log.ts";
import { type RunningServer, type ServerParts, startServer } from "../server/start.ts";
import { type LocalPair, localPair } from "../tls/local-pair.ts";
import { type Io, UsageError } from "./io.ts";
import { knownDeployments } from "./known-deployments.ts";
import { addSettings, configOf } from "./setting-options.ts";
import { stopSignal } from "./signals.ts";
import { tryout } from "./tryout.ts";

const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

/** `serve`: the webhook, until a signal stops it. */
export const serveCommand = (io: Io): Command =>
  addSettings(new Command("serve"))
    .description("serve the webhook over TLS")
    .option("--cluster <path>", "file or folder with SeldonDeployments that exist; may be repeated", collect)
    .action((flags: Readonly<Record<string, unknown>>) => serve(flags, io));

async function serve(flags: Readonly<Record<string, unknown>>, io: Io): Promise<void> {
  const config = configOf(flags, io);
  const cluster = await knownDeployments((flags.cluster ?? []) as string[], io);
  const pair = await localPair(config.server.certDir, { now: new Date() });
  const logger = createLogger(config.log.level, io.stdout);
  reportPair(pair, config, logger);
  const context = { settings: config.engine, cluster };
  const server = await start({ settings: config.server, context, logger, tls: pair });

  // Listened for before the ready line: whoever waits for that line may send a signal right after it.
  const stopped = stopSignal();
  io.stderr.write(`${readyText(server, pair, config).join("\n")}\n`);
  const signal = await stopped;
  logger.info({ signal }, "stopping");
  await server.close();
  logger.info("stopped");
}

function reportPair({ outcome, reason }: LocalPair, { server }: Config, logger: Logger): void {
  const { certDir } = server;
  if (outcome === "made") logger.info({ certDir, reason }, "local certificate pair made");
  // Still served: a renewal may be under way, and the log says why calls fail until then.
  if (outcome === "foreign" && reason !== undefined)
    logger.error({ certDir, reason }, "certificate not valid");
}

async function start(parts: ServerParts): Promise<RunningServer> {
  try {
    return await startServer(parts);
  } catch (error) {
    if (error instanceof ListenError) throw new UsageError(error.message);
    throw error;
  }
}

function readyText({ port, metricsPort }: RunningServer, pair: LocalPair, { server }: Config): string[] {
  const ready = `ready: https://localhost:${port}/mutate and /validate; metrics: http://localhost:${metricsPort}/metrics`;
  return pair.outcome === "foreign" ? [ready] : [ready, ...tryout(server.certDir, port, process.cwd())];
}
