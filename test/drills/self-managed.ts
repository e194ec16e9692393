import { webhookName } from "../support/replicas.ts";
import type { Pace } from "./drill.ts";
import type { Cast } from "./stage.ts";

/** Replicas that manage their certificates themselves, as in a pod. */
export const selfManaged = ({ drainSeconds }: Pace, ...flags: readonly string[]): Cast => ({
  drainSeconds,
  flags: ["--tls-source=self-managed", `--tls-namespace=${webhookName}`, ...flags],
});
