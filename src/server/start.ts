import { createServer as createPlainServer, type RequestListener } from "node:http";
import { createServer as createTlsServer, type Server as HttpsServer } from "node:https";
import type { TlsOptions } from "node:tls";
import type { EngineContext } from "../admission/engine.ts";
import type { NamespaceLookup } from "../cluster/live-namespaces.ts";
import type { ServerSettings } from "../config/config.ts";
import type { CertificateSource, ServingPair } from "../tls/source.ts";
import { admissionApp, metricsApp } from "./app.ts";
import { clientCheck, clientsCheck } from "./clients.ts";
import { defaultTimeouts, limit, type Timeouts } from "./connection.ts";
import { keepBounded, maxConnections } from "./crowd.ts";
import type { Check } from "./health.ts";
import { listen } from "./listen.ts";
import { type Logger, short } from "./log.ts";
import { createMetrics, type MetricSources } from "./metrics.ts";
import { policyCheck } from "./policy-state.ts";
import { stopper } from "./stop.ts";
import { watched } from "./traffic.ts";
import { turns } from "./turns.ts";

/** All that the webhook is made of. */
export interface ServerParts extends Omit<MetricSources, "checks"> {
  readonly settings: ServerSettings;
  readonly context: EngineContext;
  /** Whoever knows the labels of Namespaces that the context's policy does not. */
  readonly namespaces?: NamespaceLookup | undefined;
  readonly logger: Logger;
  readonly certificates: CertificateSource;
  readonly timeouts?: Timeouts;
  /** How many connections each port holds. */
  readonly connections?: number;
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

/** What /readyz asks: whether it is to end, whether it can be called, and whether it knows the cluster. */
function checksOf(
  { live, certificates, clients, policy }: ServerParts,
  isStopping: () => boolean,
): readonly Check[] {
  const serving = { name: "serving", problem: () => (isStopping() ? "stopping" : undefined) };
  const cluster = live === undefined ? [] : [{ name: "cluster", problem: () => live.problem() }];
  const files = [...(clients ? [clientsCheck(clients)] : []), ...(policy ? [policyCheck(policy)] : [])];
  return [serving, ...certificates.checks, ...cluster, ...files];
}

// Who shows no certificate, or a wrong one, is told so by a Status: probes need none.
const asking = { requestCert: true, rejectUnauthorized: false };

/** The TLS server; it changes its certificate whenever the source has another one, and no connection notices. */
function secureServer(
  { certificates, clients }: ServerParts,
  listener: RequestListener,
  { handshakeMs }: Timeouts,
): HttpsServer {
  const contextOf = (pair: ServingPair | undefined): TlsOptions => ({
    minVersion: "TLSv1.2",
    ...(pair && { cert: pair.cert, key: pair.key }),
    ...(clients && { ca: clients.trusted.pem }),
  });
  const server = createTlsServer(
    { ...contextOf(certificates.current), handshakeTimeout: handshakeMs, ...options, ...(clients && asking) },
    listener,
  );
  const renew = () => server.setSecureContext(contextOf(certificates.current));
  certificates.onChange(renew);
  clients?.onChange(renew);
  return server;
}

/** Starts both ports. Throws ListenError when one cannot be had. */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { settings, context, live, logger, timeouts = defaultTimeouts } = parts;
  const { connections = maxConnections } = parts;
  let stopping = false;
  const checks = checksOf(parts, () => stopping);
  const metrics = createMetrics({ ...parts, checks });
  const { namespaces, clients } = parts;
  const checkClient = clients && clientCheck(clients, (fault) => metrics.clientRefused(fault));
  const services = {
    checkClient,
    context,
    live,
    namespaces,
    logger,
    metrics,
    turn: turns(),
    requestTimeoutMs: timeouts.requestMs,
  };
  const secure = secureServer(parts, admissionApp(services, checks), timeouts);
  const plain = createPlainServer(options, metricsApp(services, checks));
  limit(secure, timeouts, (reason, { message }) => {
    metrics.broken(reason);
    // Not the error itself, which carries the bytes that were received.
    logger.debug({ reason, detail: short(message) }, "connection without a readable call");
  });
  limit(plain, timeouts);
  const ports = [secure, plain].map(watched);
  for (const each of ports) keepBounded(each, connections, () => metrics.evicted());

  const stop = stopper(ports, settings, logger);
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
