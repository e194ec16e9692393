import type { EngineContext } from "../admission/engine.ts";
import type { LiveView } from "../cluster/live.ts";
import type { ApiClient } from "../cluster/live-client.ts";
import type { Config } from "../config/config.ts";
import { type ReconcileObserver, type Reconciliation, reconcile } from "../reconcile/reconcile.ts";
import type { Logger } from "../server/log.ts";

const reporting = (logger: Logger): ReconcileObserver => ({
  ended({ namespace, name }, { outcome, reason }, next) {
    const fields = { namespace, name, outcome, reason };
    if (next === "given up")
      logger.warn(fields, "outdated text left alone until the deployment or its target changes");
    else if (next === "again") logger.debug(fields, "outdated text not rewritten yet; trying again");
    else if (outcome === "rewritten") logger.info(fields, "outdated text rewritten");
    else logger.debug(fields, "outdated text no longer there");
  },
  undone: ({ namespace, name }) =>
    logger.warn(
      { namespace, name },
      "rewritten text was undone by another webhook; left alone until the deployment or its target changes",
    ),
  interrupted: (reason) => logger.warn({ reason }, "outdated texts cannot be rewritten now; trying again"),
  failed: (err) => logger.error({ err }, "rewriting an outdated text failed by a bug of the webhook"),
});

/** Begins to rewrite what the followed cluster shows to be out of date, where the settings say so. */
export function reconciling(
  cluster: { readonly live: LiveView; readonly client: ApiClient },
  context: EngineContext,
  { reconcile: isWanted, reconcileRate, reconcileRestartPods }: Config,
  logger: Logger,
): Reconciliation | undefined {
  if (!isWanted) return undefined;
  return reconcile({
    client: cluster.client,
    cluster: cluster.live,
    context,
    restartPods: reconcileRestartPods,
    intervalMs: 1000 / reconcileRate,
    observer: reporting(logger),
  });
}
