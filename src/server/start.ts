import { createServer as createPlainServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { EngineContext } from "../admission/engine.ts";
import type { ServerSettings } from "../config/config.ts";
import { admissionApp, metricsApp } from "./app.ts";
import { defaultTimeouts, limit, type Timeouts } from "./connection.ts";
import type { Readiness } from "./health.ts";
import { listen } from "./listen.ts";
import type { Logger } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { stopper } from "./stop.ts";

/** All that the webhook is made of. */
export interface ServerParts {
  readonly settings: ServerSettings;
  readonly context: EngineContext;
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

/** Starts both ports. Throws ListenError when one cannot be had. */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { settings, context, logger, tls, timeouts = defaultTimeouts } = parts;
  const readiness: Readiness = { ready: true };
  const services = { context, logger, metrics: createMetrics(), requestTimeoutMs: timeouts.requestMs };
  const { cert, key } = tls;
  const secure = createTlsServer(
    { cert, key, minVersion: "TLSv1.2", handshakeTimeout: 10_000, ...options },
    admissionApp(services, readiness),
  );
  const plain = createPlainServer(options, metricsApp(services, readiness));
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
      readiness.ready = false;
      return stop();
    };
    return { port, metricsPort, close };
  } catch (error) {
    secure.close();
    throw error;
  }
}
