import type { LiveView } from "../cluster/live.ts";
import type { Connection } from "../cluster/live-connect.ts";
import type { LiveObserver } from "../cluster/live-state.ts";
import type { Config } from "../config/config.ts";
import type { Logger } from "../server/log.ts";

const reporting = (logger: Logger): LiveObserver => ({
  synced: (deployments) => logger.info({ deployments }, "cluster view synced"),
  failing: (activity, { reason, message }) =>
    logger.warn({ activity, reason, detail: message }, "cluster view cannot be kept up; trying again"),
  recovered: (activity) => logger.info({ activity }, "cluster view is kept up again"),
  stale: (detail) => logger.error({ detail }, "cluster view is too old to be relied on"),
});

/** Begins to follow a cluster; the log hears of every change of state. */
export function follow({ server, ...connection }: Connection, config: Config, logger: Logger): LiveView {
  const { staleSeconds, relistSeconds } = config.cluster;
  logger.info({ server }, "following the SeldonDeployments of a cluster");
  return connection.follow({ staleSeconds, relistSeconds, observer: reporting(logger) });
}
