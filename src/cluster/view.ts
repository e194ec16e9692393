import type { SeldonDeployment } from "../seldon/types.ts";

/** What a rule may look up in the cluster. */
export type ClusterKind = "SeldonDeployment";

/**
 * The deployments that exist, as rules see them. Reads are synchronous and answered from memory, by indexes: what
 * one answer costs does not grow with the number of deployments, except for `inNamespace`.
 * Objects that are being deleted are not in it: they count for nobody as rival or target.
 */
export interface ClusterView {
  find(namespace: string, name: string): SeldonDeployment | undefined;
  inNamespace(namespace: string): Iterable<SeldonDeployment>;
  /** Those whose `seldon.io/ambassador-service-name` names this deployment, itself excluded. */
  attachedTo(namespace: string, name: string): Iterable<SeldonDeployment>;
  /** Those whose author's own configuration has a Mapping of this route: a `groupKey` of mapping/group. */
  routing(group: string): Iterable<SeldonDeployment>;
  /** Those whose author's own configuration has a Mapping of a longer prefix that begins with this one. */
  routingBelow(prefix: string): Iterable<SeldonDeployment>;
  /** Those with a predictor whose `seldon.io/svc-name` is this. */
  namingService(namespace: string, service: string): Iterable<SeldonDeployment>;
}
