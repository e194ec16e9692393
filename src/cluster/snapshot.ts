import { keys } from "../seldon/annotations.ts";
import { deploymentKey, type SeldonDeployment } from "../seldon/types.ts";
import type { ClusterView } from "./view.ts";

type Index = Map<string, Set<SeldonDeployment>>;

/** A view of a fixed set of deployments. A later one with the same namespace and name replaces the earlier. */
export function snapshotOf(deployments: Iterable<SeldonDeployment>): ClusterView {
  const byKey = new Map<string, SeldonDeployment>();
  for (const deployment of deployments) {
    if (deployment.name === undefined) continue;
    const key = deploymentKey(deployment.namespace, deployment.name);
    if (deployment.deleting) byKey.delete(key);
    else byKey.set(key, deployment);
  }
  const byNamespace: Index = new Map();
  const byTarget: Index = new Map();
  for (const deployment of byKey.values()) {
    add(byNamespace, deployment.namespace, deployment);
    const target = targetName(deployment);
    if (target !== undefined && target !== deployment.name)
      add(byTarget, deploymentKey(deployment.namespace, target), deployment);
  }
  return {
    find: (namespace, name) => byKey.get(deploymentKey(namespace, name)),
    inNamespace: (namespace) => byNamespace.get(namespace) ?? [],
    attachedTo: (namespace, name) => byTarget.get(deploymentKey(namespace, name)) ?? [],
  };
}

/** A cluster without any deployment. */
export const emptyCluster = (): ClusterView => snapshotOf([]);

function add(index: Index, key: string, deployment: SeldonDeployment): void {
  const known = index.get(key);
  if (known) known.add(deployment);
  else index.set(key, new Set([deployment]));
}

const targetName = ({ annotations, spec }: SeldonDeployment): string | undefined =>
  (spec.annotations.get(keys.serviceName) ?? annotations.get(keys.serviceName)) || undefined;
