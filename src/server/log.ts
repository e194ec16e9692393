import { type DestinationStream, type Logger, pino, stdTimeFunctions } from "pino";
import type { Decision } from "../admission/engine.ts";
import type { AdmissionRequest } from "../admission/types.ts";
import type { LogFormat, LogLevel } from "../config/config.ts";
import type { ExemptionUse } from "../policy/exemptions.ts";
import { textLine } from "./log-text.ts";

export type { Logger } from "pino";

/** JSON lines, with the level as a word and the time in ISO 8601; or the same in text for people. */
export const createLogger = (
  level: LogLevel,
  destination: DestinationStream,
  format: LogFormat = "json",
): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    format === "json" ? destination : { write: (line) => destination.write(textLine(line)) },
  );

/** The uid of a review of which nothing has been checked yet, cut like a name; undefined where there is none. */
export function uidIn(body: unknown): string | undefined {
  const { request } = (body ?? {}) as { request?: { uid?: unknown } | null };
  return typeof request?.uid === "string" ? short(request.uid) : undefined;
}

/** Cuts at the 253 characters of a Kubernetes name: whoever sends longer ones may not fill the log with them. */
export const short = (text: string | undefined): string | undefined => text?.slice(0, 253);

// On CREATE the API server may leave request.name empty although the object has one.
function nameOf({ name, object }: AdmissionRequest): string | undefined {
  if (name !== undefined && name !== "") return name;
  const metadata = (object as { metadata?: { name?: unknown } } | null | undefined)?.metadata;
  return typeof metadata?.name === "string" ? metadata.name : undefined;
}

/** The reason of a break-glass annotation is its author's to choose. */
const exemptionFields = ({ kind, reason, line, rules }: ExemptionUse): object => ({
  kind,
  reason: short(reason),
  line,
  rules,
});

/** What the one line about a decision says; `ms`: how long it took. Nothing of the object but its name. */
export const decisionFields = (
  path: string,
  request: AdmissionRequest,
  { allowed, reports, patch, policy }: Decision,
  ms: number,
): object => ({
  uid: short(request.uid),
  operation: request.operation,
  namespace: short(request.namespace),
  name: short(nameOf(request)),
  user: short(request.userInfo?.username),
  path,
  dryRun: request.dryRun ?? false,
  allowed,
  rules: [...new Set(reports.map(({ rule }) => rule))],
  patched: patch.length > 0,
  policy: policy?.label,
  exemptions: policy?.exemptions.length ? policy.exemptions.map(exemptionFields) : undefined,
  ms,
});
