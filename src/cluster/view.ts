import type { SeldonDeployment } from "../seldon/types.ts";

/** What a rule may look up in the cluster. */
export type ClusterKind = "SeldonDeployment";

/**
 * The deployments that exist, as rules see them. Reads are synchronous and answered from memory.
 * Objects that are being deleted are not in it: they count for nobody as rival or target.
 */
export interface ClusterView {
  find(namespace: string, name: string): SeldonDeployment | undefined;
  inNamespace(namespace: string): Iterable<SeldonDeployment>;
  /** Those whose `seldon.io/ambassador-service-name` names this deployment, itself excluded. */
  attachedTo(namespace: string, name: string): Iterable<SeldonDeployment>;
}
