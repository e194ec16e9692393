import { setFlagsFromString } from "node:v8";
import type { EngineContext } from "../admission/engine.ts";
import { auditPeriodically, type PeriodicAudit } from "../audit/periodic.ts";
import type { LiveView } from "../cluster/live.ts";
import type { Config } from "../config/config.ts";
import type { Logger } from "../server/log.ts";

/**
 * Every deployment's text is built anew, and most of that garbage survives the young generation. V8 would let the
 * heap grow to four times what lives: 278 MB resident after an audit of 50,000 deployments, against 184 MB with this,
 * in the same time.
 */
const heapGrowth = "--heap-growing-percent=50";

/** Begins to audit a followed cluster, unless the settings say no; the log hears of every run. */
export function auditing(
  live: LiveView,
  context: EngineContext,
  { audit }: Config,
  logger: Logger,
): PeriodicAudit | undefined {
  if (audit.intervalSeconds === 0) return undefined;
  setFlagsFromString(heapGrowth);
  return auditPeriodically({
    cluster: live,
    context,
    intervalMs: audit.intervalSeconds * 1000,
    observer: {
      ended: ({ deployments, errors, warnings, ms }) =>
        logger.info({ deployments, errors, warnings, ms }, "audit of the cluster ended"),
      failed: (err) => logger.error({ err }, "audit of the cluster failed by a bug of the webhook"),
    },
  });
}
