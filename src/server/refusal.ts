import type { OutgoingHttpHeaders } from "node:http";

/** A call that is answered with an HTTP error and a Status body, and never becomes a decision. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: number;
  /** As Kubernetes writes it in `status.reason`. */
  readonly reason: string;
  readonly headers: OutgoingHttpHeaders;

  constructor(code: number, message: string, headers: OutgoingHttpHeaders = {}) {
    super(message);
    this.code = code;
    this.reason = reasons[code] ?? "InternalError";
    this.headers = headers;
  }
}

/** The reasons of k8s.io/apimachinery's StatusReason for the codes that are answered here. */
const reasons: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  408: "Timeout",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  431: "BadRequest",
  500: "InternalError",
};

/** The caller hung up before its body was complete; there is nobody to answer. */
export class HungUp extends Error {
  override readonly name = "HungUp";
}
