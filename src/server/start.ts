import { createServer as createPlainServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { EngineContext } from "../admission/engine.ts";
import type { PeriodicAudit } from "../audit/periodic.ts";
import type { LiveCluster } from "../cluster/live-cluster.ts";
import type { ServerSettings } from "../config/config.ts";
import { admissionApp, metricsApp } from "./app.ts";
import { defaultTimeouts, limit, type Timeouts } from "./connection.ts";
import type { Check } from "./health.ts";
import { listen } from "./listen.ts";
import type { Logger } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { stopper } from "./stop.ts";

/** All that the webhook is made of. */
export interface ServerParts {
  readonly settings: ServerSettings;
  readonly context: EngineContext;
  /** What the context's view follows, where it follows a cluster. */
  readonly live?: LiveCluster | undefined;
  /** The audit of that cluster, where there is one. */
  readonly audit?: PeriodicAudit | undefined;
  readonly logger: Logger;
  /** PEM texts. */
  readonly tls: { readonly cert: string; readonly key: string };
  readonly timeouts?: Timeouts;
}

/** A webhook that listens. */
export interface RunningServer {
  readonly port: number;
  readonly metricsPort: number;
  /** Drains, stops accepting, answers what is in flight; resolves when every connection is closed. */
  close(): Promise<void>;
}

// Node looks for connections past their time every 30 s unless told otherwise. The application checks for Host.
const options = { connectionsCheckingInterval: 1000, requireHostHeader: false };

/** What /readyz asks: whether it is to end, and whether questions of the cluster can be answered. */
function checksOf(live: LiveCluster | undefined, isStopping: () => boolean): readonly Check[] {
  const serving = { name: "serving", problem: () => (isStopping() ? "stopping" : undefined) };
  return live === undefined ? [serving] : [serving, { name: "cluster", problem: () => live.problem() }];
}

/** Starts both ports. Throws ListenError when one cannot be had. */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { settings, context, live, audit, logger, tls, timeouts = defaultTimeouts } = parts;
  let stopping = false;
  const checks = checksOf(live, () => stopping);
  const metrics = createMetrics(live, audit);
  const services = { context, live, logger, metrics, requestTimeoutMs: timeouts.requestMs };
  const { cert, key } = tls;
  const secure = createTlsServer(
    { cert, key, minVersion: "TLSv1.2", handshakeTimeout: 10_000, ...options },
    admissionApp(services, checks),
  );
  const plain = createPlainServer(options, metricsApp(services, checks));
  limit(secure, timeouts);
  limit(plain, timeouts);
  secure.on("tlsClientError", (error) => logger.debug({ err: error }, "TLS handshake failed"));

  const stop = stopper([secure, plain], settings, logger);
  const { host } = settings;
  const port = await listen(secure, { host, port: settings.port, flag: "--port" });
  try {
    const place = { host, port: settings.metricsPort, flag: "--metrics-port" };
    const metricsPort = await listen(plain, place);
    const close = (): Promise<void> => {
      stopping = true;
      return stop();
    };
    return { port, metricsPort, close };
  } catch (error) {
    secure.close();
    throw error;
  }
}
