import type { Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";
import { failure } from "../admission/respond.ts";
import type { BrokenReason } from "./metrics.ts";
import { Refusal } from "./refusal.ts";

/** How long a connection may take over what it does, in milliseconds. */
export interface Timeouts {
  readonly handshakeMs: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
}

/**
 * controller-runtime's: 32 s for headers, 90 s idle; Go's 10 s for a handshake. Node's 5 s idle are shorter than the time for which the
 * API server keeps a connection, and each one that closes under its hands is a failed call.
 */
export const defaultTimeouts: Timeouts = {
  handshakeMs: 10_000,
  headersMs: 32_000,
  requestMs: 32_000,
  keepAliveMs: 90_000,
};

/** Told of each connection whose bytes could not be made a call of; not of one that its caller just ended. */
export type BrokenObserver = (reason: BrokenReason, error: Error) => void;

/** Sets the limits; to be called before the server listens. */
export function limit(
  server: HttpServer | HttpsServer,
  timeouts: Timeouts,
  broken: BrokenObserver = () => {},
): void {
  server.headersTimeout = timeouts.headersMs;
  // Bodies have a deadline of their own, answered by the application; this one stands behind it.
  server.requestTimeout = timeouts.requestMs + 2000;
  server.keepAliveTimeout = timeouts.keepAliveMs;
  // Whoever ends its sending behind a call waits for the answer all the same; see admission.ts for the socket's part.
  Object.assign(server, { httpAllowHalfOpen: true });
  // Expectations that nobody here knows are passed over; Node would refuse them with an empty body.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  // Node would end the connection without a word.
  server.on("connect", (_request, socket) => {
    socket.on("error", () => {});
    end(socket, new Refusal(405, "CONNECT is not for this server, which is no proxy"));
  });
  // A failed TLS handshake arrives here as well.
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (!hungUp.includes(error.code)) broken(brokenReason(error.code), error);
    answerBroken(error, socket);
  });
}

/** A caller that leaves in the middle of something; a call that had begun is counted as aborted. */
const hungUp: readonly unknown[] = ["ECONNRESET", "EPIPE", "HPE_INVALID_EOF_STATE"];

/** What TLS clients say before they leave when they do not trust a certificate; Go's say "bad certificate". */
const distrust = /ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_(UNKNOWN|EXPIRED|REVOKED))$/;

const isOfTls = (code = ""): boolean => code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_");

function brokenReason(code = ""): BrokenReason {
  if (distrust.test(code)) return "untrusted";
  if (isOfTls(code)) return "tls";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "timeout";
  return code === "HPE_HEADER_OVERFLOW" ? "headers" : "malformed";
}

function refusalOf(code: string | undefined): Refusal {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new Refusal(408, "the request did not arrive in time");
  if (code === "HPE_HEADER_OVERFLOW") return new Refusal(431, "the headers must not exceed 16 KiB");
  return new Refusal(400, "the bytes received must be an HTTP/1.1 request");
}

// What cannot be parsed never reaches the application. Answers are written in one piece, so nothing of an
// earlier one can stand half-written on this connection.
function answerBroken(error: NodeJS.ErrnoException, socket: Duplex): void {
  // Before the handshake is over nothing can be written, nor does anybody else end such a connection.
  if (error.code === "ECONNRESET" || isOfTls(error.code) || !socket.writable) {
    socket.destroy();
    return;
  }
  end(socket, refusalOf(error.code));
}

/** Ends a connection with an answer, written in one piece. */
function end(socket: Duplex, { code, reason, message }: Refusal): void {
  const body = JSON.stringify(failure(code, reason, message));
  const head = [
    `HTTP/1.1 ${code} ${reason}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
