import type { ClusterView } from "../../src/cluster/view.ts";

/** A view that passes every question on and remembers how many there were. */
export interface RecordingCluster extends ClusterView {
  readonly lookups: () => number;
}

export function recording(cluster: ClusterView): RecordingCluster {
  let lookups = 0;
  const noted = <Arguments extends unknown[], Result>(ask: (...args: Arguments) => Result) => {
    return (...args: Arguments): Result => {
      lookups++;
      return ask.apply(cluster, args);
    };
  };
  return {
    find: noted(cluster.find),
    inNamespace: noted(cluster.inNamespace),
    attachedTo: noted(cluster.attachedTo),
    routing: noted(cluster.routing),
    routingBelow: noted(cluster.routingBelow),
    namingService: noted(cluster.namingService),
    lookups: () => lookups,
  };
}
