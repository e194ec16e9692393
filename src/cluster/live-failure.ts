import type { RestartReason } from "./live-cluster.ts";

/** A call to the API server, or a watch, that did not end as it should. */
export class LiveFailure extends Error {
  override readonly name = "LiveFailure";
  readonly reason: RestartReason;
  /** The API server's own wish. */
  readonly retryAfterMs: number;
  /** The HTTP status, or the code of a Status object; undefined where no answer came. */
  readonly code: number | undefined;

  constructor(reason: RestartReason, message: string, retryAfterMs = 0, code?: number) {
    super(message);
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
    this.code = code;
  }
}

const reasons: Readonly<Record<number, RestartReason>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "missing",
  410: "expired",
  429: "throttled",
};

/** No wish is granted beyond this. */
const mostRetryAfterMs = 60_000;

/** The failure that an HTTP status, or the code of a Status object, stands for. */
export const failureOf = (code: number, message: string, retryAfterMs = 0): LiveFailure =>
  new LiveFailure(reasons[code] ?? "server", message, Math.min(retryAfterMs, mostRetryAfterMs), code);

/** Anything thrown under way that is no failure yet came from the connection. */
export const asFailure = (error: unknown): LiveFailure =>
  error instanceof LiveFailure
    ? error
    : new LiveFailure("network", error instanceof Error ? error.message : String(error));
