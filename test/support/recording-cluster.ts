import type { ClusterView } from "../../src/cluster/view.ts";
import type { SeldonDeployment } from "../../src/seldon/types.ts";

/** A view that passes every question on and remembers how many there were. */
export interface RecordingCluster extends ClusterView {
  readonly lookups: () => number;
  /** How many deployments were handed out in answer. */
  readonly answered: () => number;
}

export function recording(cluster: ClusterView): RecordingCluster {
  let lookups = 0;
  let answered = 0;
  function* counted(deployments: Iterable<SeldonDeployment>): Iterable<SeldonDeployment> {
    for (const deployment of deployments) {
      answered++;
      yield deployment;
    }
  }
  const noted = <Arguments extends unknown[]>(ask: (...args: Arguments) => Iterable<SeldonDeployment>) => {
    return (...args: Arguments): Iterable<SeldonDeployment> => {
      lookups++;
      return counted(ask.apply(cluster, args));
    };
  };
  return {
    find: (namespace, name) => {
      lookups++;
      const found = cluster.find(namespace, name);
      if (found !== undefined) answered++;
      return found;
    },
    inNamespace: noted(cluster.inNamespace),
    attachedTo: noted(cluster.attachedTo),
    routing: noted(cluster.routing),
    routingBelow: noted(cluster.routingBelow),
    namingService: noted(cluster.namingService),
    lookups: () => lookups,
    answered: () => answered,
  };
}
