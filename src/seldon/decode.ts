import type { Finding } from "../diagnostics/finding.ts";
import type { SeldonDeployment } from "./types.ts";

export type Decoded =
  | { readonly deployment: SeldonDeployment; readonly findings?: undefined }
  | { readonly deployment?: undefined; readonly findings: readonly Finding[] };

/** Reads a raw object; `namespace` is the request's, for objects that carry none. Total: never throws. */
export function decodeDeployment(_raw: unknown, _namespace: string): Decoded {
  throw new Error("pending");
}
