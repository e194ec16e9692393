import { once } from "node:events";
import {
  type Agent,
  type IncomingHttpHeaders,
  request as plainRequest,
  type RequestOptions,
} from "node:http";
import { request as tlsRequest } from "node:https";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import type { EngineContext } from "../../src/admission/engine.ts";
import type { PeriodicAudit } from "../../src/audit/periodic.ts";
import type { LiveCluster } from "../../src/cluster/live-cluster.ts";
import type { NamespaceLookup } from "../../src/cluster/live-namespaces.ts";
import { emptyCluster } from "../../src/cluster/snapshot.ts";
import { defaultConfig, type LogLevel, type ServerSettings } from "../../src/config/config.ts";
import type { Reconciliation } from "../../src/reconcile/reconcile.ts";
import type { Clients } from "../../src/server/clients.ts";
import type { Timeouts } from "../../src/server/connection.ts";
import { createLogger } from "../../src/server/log.ts";
import type { PolicyState } from "../../src/server/policy-state.ts";
import { type RunningServer, startServer } from "../../src/server/start.ts";
import type { CertificateSource } from "../../src/tls/source.ts";
import { fixedSource, testPair } from "./tls.ts";

/** What a server answered. */
export interface Answer {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  readonly json: any;
}

/** A call to make; the body is sent as it is when it is text or bytes, and as JSON otherwise. */
export interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly agent?: Agent;
  /** Sends the body in chunks, without a Content-Length. */
  readonly chunked?: boolean;
}

/** A server of the test's own, with a client that trusts nothing but its CA. */
export interface TestServer extends RunningServer {
  readonly ca: string;
  readonly logs: readonly Record<string, unknown>[];
  readonly logText: () => string;
  call(path: string, call?: Call): Promise<Answer>;
  /** The same on the plain port. */
  callPlain(path: string, call?: Call): Promise<Answer>;
  /** A bare TLS connection, for bytes that no client library sends. */
  connect(): Promise<TLSSocket>;
}

interface Overrides {
  readonly settings?: Partial<ServerSettings>;
  readonly context?: Partial<EngineContext>;
  readonly live?: LiveCluster;
  readonly certificates?: CertificateSource;
  readonly audit?: PeriodicAudit;
  readonly reconciliation?: Reconciliation;
  readonly policy?: PolicyState;
  readonly namespaces?: NamespaceLookup;
  readonly timeouts?: Timeouts;
  readonly connections?: number;
  readonly clients?: Clients;
  readonly logLevel?: LogLevel;
}

const bytesOf = (body: unknown): string | Buffer =>
  typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);

async function send(makeRequest: typeof tlsRequest, options: RequestOptions, call: Call): Promise<Answer> {
  const bytes = call.body === undefined ? undefined : bytesOf(call.body);
  const headers: Record<string, string | number> =
    bytes === undefined ? {} : { "Content-Type": "application/json" };
  if (bytes !== undefined && !call.chunked) headers["Content-Length"] = Buffer.byteLength(bytes);
  const request = makeRequest({
    ...options,
    method: call.method ?? (bytes === undefined ? "GET" : "POST"),
    headers: { ...headers, ...call.headers },
    agent: call.agent ?? false,
  });
  if (call.chunked) request.flushHeaders();
  // An answer may come while the body is still being sent, and end the connection under it.
  const answered = once(request, "response");
  request.on("error", () => {});
  request.end(bytes);
  const [response] = await answered;
  const body = await text(response);
  return {
    code: response.statusCode,
    headers: response.headers,
    text: body,
    get json() {
      return JSON.parse(body);
    },
  };
}

/** Starts a server on free ports; it ends with the test. */
export async function testServer(t: TestContext, overrides: Overrides = {}): Promise<TestServer> {
  const pair = await testPair();
  let written = "";
  const logger = createLogger(overrides.logLevel ?? "info", {
    write: (line) => {
      written += line;
    },
  });
  const server = await startServer({
    settings: {
      ...defaultConfig.server,
      host: "localhost",
      port: 0,
      metricsPort: 0,
      drainSeconds: 0,
      graceSeconds: 1,
      ...overrides.settings,
    },
    // The properties themselves, for those of a context may be of the moment.
    context: Object.defineProperties(
      { settings: defaultConfig.engine, cluster: overrides.live?.view ?? emptyCluster() },
      Object.getOwnPropertyDescriptors(overrides.context ?? {}),
    ),
    live: overrides.live,
    audit: overrides.audit,
    reconciliation: overrides.reconciliation,
    policy: overrides.policy,
    clients: overrides.clients,
    namespaces: overrides.namespaces,
    logger,
    certificates: overrides.certificates ?? fixedSource(pair),
    ...(overrides.timeouts === undefined ? {} : { timeouts: overrides.timeouts }),
    ...(overrides.connections === undefined ? {} : { connections: overrides.connections }),
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= server.close();
    return closed;
  };
  t.after(close);
  const target = (port: number, path: string): RequestOptions => ({ host: "localhost", port, path });
  return {
    ...server,
    close,
    ca: pair.ca,
    get logs() {
      return written
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line));
    },
    logText: () => written,
    call: (path, call = {}) =>
      send(tlsRequest, { ...target(server.port, path), ca: pair.ca } as RequestOptions, call),
    callPlain: (path, call = {}) => send(plainRequest, target(server.metricsPort, path), call),
    async connect() {
      const socket = connect({ host: "localhost", port: server.port, ca: pair.ca, servername: "localhost" });
      await once(socket, "secureConnect");
      return socket;
    },
  };
}

/** All that a connection still says until it ends. */
export async function rest(socket: TLSSocket): Promise<string> {
  // A reset after the answer is an end as well.
  let received = "";
  socket.setEncoding("utf8").on("data", (chunk) => {
    received += chunk;
  });
  socket.on("error", () => {});
  await once(socket, "close");
  return received;
}
