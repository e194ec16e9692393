import type { IncomingMessage, ServerResponse } from "node:http";
import { failure } from "../admission/respond.ts";
import { BadRequest } from "../admission/types.ts";
import { Refusal } from "./refusal.ts";

/** How long the rest of a refused body is thrown away before its connection is closed. */
const lingerMs = 1000;

/** Sends a JSON text; HEAD gets the headers only. */
export function sendJson(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
  response.end(text);
}

/** The refusal that an error amounts to; one that nobody expected is our own bug, a 500. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof BadRequest) return new Refusal(400, error.message);
  // express marks what the caller got wrong, such as a path with broken percent-encoding.
  const { status } = error as { status?: unknown };
  if (status === 400) return new Refusal(400, "the request line must be a well-formed URL");
  return new Refusal(500, "internal error: nothing was decided; the webhook's log has the details");
}

/** Answers with the refusal's code and a Status body. */
export function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const text = JSON.stringify(failure(refusal.code, refusal.reason, refusal.message));
  for (const [name, value] of Object.entries(refusal.headers))
    if (value !== undefined) response.setHeader(name, value);
  if (request.complete || refusal.headers.Connection !== "close" || request.method === "HEAD") {
    sendJson(response, refusal.code, text);
    return;
  }
  // Closing with unread bytes resets the connection, and the caller may lose the answer on its way. So
  // the answer goes out whole, and the end waits until the caller stops sending, a second at most.
  response.statusCode = refusal.code;
  response.setHeader("Content-Type", "application/json");
  response.setHeader("Content-Length", Buffer.byteLength(text));
  response.write(text);
  const timer = setTimeout(() => response.end(), lingerMs);
  request.once("end", () => response.end());
  response.once("close", () => clearTimeout(timer));
  request.resume();
}
