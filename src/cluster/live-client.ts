import type { IncomingMessage } from "node:http";
import { type RequestOptions, request } from "node:https";
import { text } from "node:stream/consumers";
import type { Credentials } from "./live-credentials.ts";
import { asFailure, failureOf, LiveFailure } from "./live-failure.ts";

/** One call; the body is JSON unless the content type says otherwise. */
export interface ApiCall {
  readonly method?: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal: AbortSignal;
}

/** The API server, spoken to over a connection per call: nothing is left open between calls. */
export interface ApiClient {
  /** The answer's headers have come and are good; the body is the caller's to read or destroy. */
  open(path: string, call: ApiCall): Promise<IncomingMessage>;
  json(path: string, call: ApiCall): Promise<unknown>;
}

/** An API server that says nothing for so long will not say anything any more: the connection is dead. */
const silenceMs = 30_000;

const silent = (): LiveFailure =>
  new LiveFailure("silent", `the API server did not answer within ${silenceMs / 1000} s`);

/** The credentials are asked for anew with each call: tokens in files change, and those of plugins expire. */
export function apiClient(credentials: Credentials): ApiClient {
  const open = async (path: string, call: ApiCall): Promise<IncomingMessage> => {
    const options: RequestOptions = { method: call.method ?? "GET", signal: call.signal };
    await credentials.applyTo(options);
    options.headers = { ...options.headers, Accept: "application/json", ...contentOf(call) };
    const response = await send(new URL(`${credentials.server}${path}`), options, call.body);
    if (response.statusCode !== undefined && response.statusCode < 300) return response;
    throw await refusalOf(response, path);
  };
  return {
    open,
    async json(path, call) {
      const response = await open(path, call);
      response.setTimeout(silenceMs, () => response.destroy(silent()));
      return JSON.parse(await text(response));
    },
  };
}

const contentOf = ({ body, contentType = "application/json" }: ApiCall): Record<string, string> =>
  body === undefined ? {} : { "Content-Type": contentType };

const send = (url: URL, options: RequestOptions, body: unknown): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    const timer = setTimeout(() => sent.destroy(silent()), silenceMs);
    // Stays for good: a connection may break after the answer began, and its reader is told by the stream.
    sent.on("error", (error) => {
      clearTimeout(timer);
      reject(asFailure(error));
    });
    // Half-open connections of a machine that went away are found by the kernel.
    sent.on("socket", (socket) => socket.setKeepAlive(true, 30_000));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });

async function refusalOf(response: IncomingMessage, path: string): Promise<Error> {
  const code = response.statusCode ?? 500;
  const body = await text(response).catch(() => "");
  const retryAfterMs = (Number(response.headers["retry-after"]) || 0) * 1000;
  return failureOf(code, `HTTP ${code}: ${messageIn(body) ?? path}`, retryAfterMs);
}

function messageIn(body: string): string | undefined {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    return typeof message === "string" ? message.slice(0, 500) : undefined;
  } catch {
    return undefined;
  }
}
