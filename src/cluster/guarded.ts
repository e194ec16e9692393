import type { ClusterView } from "./view.ts";

/** The view cannot be relied on, so what depends on it cannot be answered. */
export class ViewUnavailable extends Error {
  override readonly name = "ViewUnavailable";
}

/** The same view, but a look at it throws ViewUnavailable while `problem` names a reason not to trust it. */
export function guarded(view: ClusterView, problem: () => string | undefined): ClusterView {
  const sound = (): ClusterView => {
    const reason = problem();
    if (reason !== undefined) throw new ViewUnavailable(reason);
    return view;
  };
  return {
    find: (namespace, name) => sound().find(namespace, name),
    inNamespace: (namespace) => sound().inNamespace(namespace),
    attachedTo: (namespace, name) => sound().attachedTo(namespace, name),
    routing: (prefix) => sound().routing(prefix),
    routingBelow: (prefix) => sound().routingBelow(prefix),
    namingService: (namespace, service) => sound().namingService(namespace, service),
  };
}
