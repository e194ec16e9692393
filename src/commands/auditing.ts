import type { EngineContext } from "../admission/engine.ts";
import { auditPeriodically, type PeriodicAudit } from "../audit/periodic.ts";
import type { LiveView } from "../cluster/live.ts";
import type { Config } from "../config/config.ts";
import type { Logger } from "../server/log.ts";

/** Begins to audit a followed cluster, unless the settings say no; the log hears of every run. */
export function auditing(
  live: LiveView,
  context: EngineContext,
  { audit }: Config,
  logger: Logger,
): PeriodicAudit | undefined {
  if (audit.intervalSeconds === 0) return undefined;
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
