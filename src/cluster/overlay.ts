import type { SeldonDeployment } from "../seldon/types.ts";
import { snapshotOf } from "./snapshot.ts";
import type { ClusterView } from "./view.ts";

/** What is known for certain of one name: the deployment that has it, or that none does. */
export interface Confirmation {
  readonly namespace: string;
  readonly name: string;
  readonly deployment: SeldonDeployment | undefined;
}

/** A view that is right about one name, whatever the view below it says, and like that one in all else. */
export function overlay(below: ClusterView, { namespace, name, deployment }: Confirmation): ClusterView {
  const above = snapshotOf(deployment === undefined ? [] : [deployment]);
  const isOther = (other: SeldonDeployment): boolean => other.namespace !== namespace || other.name !== name;
  function* both(read: (view: ClusterView) => Iterable<SeldonDeployment>): Iterable<SeldonDeployment> {
    for (const other of read(below)) if (isOther(other)) yield other;
    yield* read(above);
  }
  return {
    find: (inNamespace, called) =>
      (inNamespace === namespace && called === name ? above : below).find(inNamespace, called),
    inNamespace: (of) => both((view) => view.inNamespace(of)),
    attachedTo: (of, target) => both((view) => view.attachedTo(of, target)),
    routing: (prefix) => both((view) => view.routing(prefix)),
    routingBelow: (prefix) => both((view) => view.routingBelow(prefix)),
    namingService: (of, service) => both((view) => view.namingService(of, service)),
  };
}
