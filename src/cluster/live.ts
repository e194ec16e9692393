import { guarded } from "./guarded.ts";
import type { DeploymentApi } from "./live-api.ts";
import type { LiveCluster, Lookup } from "./live-cluster.ts";
import { LiveFollower, type LiveOptions } from "./live-follower.ts";
import { lookupIn } from "./live-lookup.ts";
import { type Change, LiveStore } from "./live-store.ts";
import type { ProjectedDeployment } from "./projection.ts";
import type { ClusterView } from "./view.ts";

export type { LiveOptions } from "./live-follower.ts";

/** Follows the SeldonDeployments of a cluster. */
export class LiveView extends LiveFollower<Change> implements LiveCluster {
  readonly view: ClusterView;
  readonly lookup: Lookup;
  readonly #store: LiveStore;

  constructor(api: DeploymentApi, options: LiveOptions) {
    const store = new LiveStore();
    super("SeldonDeployments", api, store, options);
    this.#store = store;
    this.view = guarded(store.view, () => this.problem());
    this.lookup = lookupIn(api);
  }

  deployments(): Iterable<ProjectedDeployment> {
    return this.#store.all();
  }
}
