import type { SeldonDeployment } from "../seldon/types.ts";
import { DeploymentIndex } from "./deployment-index.ts";
import type { ClusterView } from "./view.ts";

/** A view of a fixed set of deployments. A later one with the same namespace and name replaces the earlier. */
export function snapshotOf(deployments: Iterable<SeldonDeployment>): ClusterView {
  const index = new DeploymentIndex();
  for (const deployment of deployments) index.put(deployment);
  return index;
}

/** A cluster without any deployment. */
export const emptyCluster = (): ClusterView => snapshotOf([]);
