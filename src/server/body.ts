import type { IncomingMessage } from "node:http";
import contentType from "content-type";
import { HungUp, Refusal } from "./refusal.ts";

/**
 * The largest body that is read. An object in etcd is at most 1.5 MiB by default and 3 MB at the most that
 * the API server accepts, a review holds two of them (object and oldObject), and one MB is left for the rest:
 * the 7 MiB of controller-runtime
 * (https://github.com/kubernetes-sigs/controller-runtime/blob/main/pkg/webhook/admission/http.go).
 */
export const maxBodyBytes = 7 * 1024 * 1024;

const tooLarge = (): Refusal =>
  new Refusal(413, `the body must not be larger than ${maxBodyBytes} bytes`, { Connection: "close" });

// Parsed, because `Application/JSON; charset="utf-8"` is application/json as well.
function checkMediaType(header: string | undefined): void {
  // What API servers send.
  if (header === "application/json") return;
  const wanted = "the Content-Type must be application/json, in UTF-8";
  let media: contentType.ParsedMediaType;
  try {
    media = contentType.parse(header ?? "");
  } catch {
    throw new Refusal(415, wanted);
  }
  const charset = media.parameters.charset?.toLowerCase() ?? "utf-8";
  if (media.type !== "application/json" || charset !== "utf-8") throw new Refusal(415, wanted);
}

/** Refuses, by its headers alone, a call whose body would not be read. */
export function checkHeaders({ headers }: IncomingMessage): void {
  checkMediaType(headers["content-type"]);
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity" && encoding !== "")
    throw new Refusal(415, "the body must not be compressed: no Content-Encoding but identity is read");
  if (Number(headers["content-length"] ?? 0) > maxBodyBytes) throw tooLarge();
}

/** The body's bytes, unless they are too many or take longer than `deadlineMs`. */
export function readBody(request: IncomingMessage, deadlineMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > maxBodyBytes) stop(tooLarge());
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      clearTimeout(timer);
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length));
    };
    // It comes after the end, too.
    const onClose = (): void => {
      if (!request.complete) stop(new HungUp("the caller hung up"));
    };
    const stop = (error: Error): void => {
      clearTimeout(timer);
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      reject(error);
    };
    const late = `the body did not arrive within ${Math.round(deadlineMs)} ms`;
    const timer = setTimeout(() => stop(new Refusal(408, late, { Connection: "close" })), deadlineMs);
    request.on("data", onData).on("end", onEnd).on("close", onClose);
    // Without a listener the error of a broken connection would end the process; "close" follows it.
    request.on("error", () => {});
  });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The JSON value of a body. */
export function parseBody(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new Refusal(400, "the body must be an AdmissionReview as JSON; it is empty");
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new Refusal(400, "the body must be UTF-8");
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which belongs neither in an answer nor in a log.
    throw new Refusal(400, "the body must be an AdmissionReview as JSON; it is not JSON");
  }
}
