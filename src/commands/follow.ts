import { setFlagsFromString } from "node:v8";
import type { LiveView } from "../cluster/live.ts";
import type { Connection } from "../cluster/live-connect.ts";
import type { LiveObserver } from "../cluster/live-state.ts";
import type { Config } from "../config/config.ts";
import type { Logger } from "../server/log.ts";

/** Tells the log of a view of one kind of objects. */
export const reporting = (logger: Logger, kind: "deployments" | "namespaces"): LiveObserver => {
  const view = kind === "deployments" ? "cluster view" : "view of the namespaces";
  return {
    synced: (count) => logger.info({ [kind]: count }, `${view} synced`),
    failing: (activity, { reason, message }) =>
      logger.warn({ activity, reason, detail: message }, `${view} cannot be kept up; trying again`),
    recovered: (activity) => logger.info({ activity }, `${view} is kept up again`),
    stale: (detail) => logger.error({ detail }, `${view} is too old to be relied on`),
  };
};

/**
 * The deployments of a list live on. From that V8 concludes that what the same lines of code make for a call will live
 * on too, and puts it among the old objects at once: 2 KB of each call with 50,000 deployments, and longer pauses.
 */
const young = "--no-allocation-site-pretenuring";

/** Begins to follow a cluster; the log hears of every change of state. */
export function follow({ server, ...connection }: Connection, config: Config, logger: Logger): LiveView {
  const { staleSeconds, relistSeconds } = config.cluster;
  setFlagsFromString(young);
  logger.info({ server }, "following the SeldonDeployments of a cluster");
  return connection.follow({ staleSeconds, relistSeconds, observer: reporting(logger, "deployments") });
}
