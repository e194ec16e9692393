import type { SeldonDeployment } from "../seldon/types.ts";
import type { ClusterView } from "./view.ts";

/** A view of a fixed set of deployments. A later one with the same namespace and name replaces the earlier. */
export function snapshotOf(_deployments: Iterable<SeldonDeployment>): ClusterView {
  throw new Error("pending");
}

/** A cluster without any deployment. */
export const emptyCluster = (): ClusterView => snapshotOf([]);
