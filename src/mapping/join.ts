import { isDeepStrictEqual } from "node:util";
import type { ClusterView } from "../cluster/view.ts";
import type { EngineSettings } from "../config/settings.ts";
import type { JoinedGroup } from "./build.ts";
import { mappingsOf } from "./custom.ts";
import { ownConditions } from "./documents.ts";
import { circuitBreakersOf, groupKey } from "./group.ts";
import { type Subject, subjectOf } from "./subject.ts";
import type { Conditions, MappingFields } from "./types.ts";

interface Surroundings {
  readonly settings: EngineSettings;
  readonly cluster: ClusterView;
}

/** Whether a deployment is routed under another one's prefix. Its own configuration overrides the annotation. */
export function isAttached({ deployment, routing, configuration }: Subject): boolean {
  const { serviceName } = routing;
  return serviceName !== undefined && serviceName !== deployment.name && configuration.custom === undefined;
}

/** The deployment that this one is attached to, if it is attached and the cluster knows the target. */
export function targetOf(subject: Subject, { settings, cluster }: Surroundings): Subject | undefined {
  const name = subject.routing.serviceName;
  if (name === undefined || !isAttached(subject)) return undefined;
  const target = cluster.find(subject.deployment.namespace, name);
  return target && subjectOf(target, settings);
}

/** The REST prefix of a deployment's own routes. */
export const routePrefix = (namespace: string, name: string): string => `/seldon/${namespace}/${name}/`;

/** The author's Mappings of a deployment under its own prefix. */
export function customRoutes({ deployment, custom }: Subject): readonly MappingFields[] {
  const prefix = routePrefix(deployment.namespace, deployment.name ?? "");
  return custom ? mappingsOf(custom).filter((mapping) => mapping.prefix === prefix) : [];
}

/**
 * The group whose requests an attached shadow copies: the target's own, or, for a shadow with a header, that
 * of the deployment which answers this header on the target. Undefined where there is none to be found.
 */
export function joinedGroup(shadow: Subject, surroundings: Surroundings): JoinedGroup | undefined {
  const target = shadow.routing.shadow ? targetOf(shadow, surroundings) : undefined;
  if (target === undefined) return undefined;
  const wanted = ownConditions(shadow.routing, {});
  if (Object.keys(wanted).length === 0) return groupOf(target, target.custom ? {} : undefined);
  const { namespace, name } = target.deployment;
  for (const host of [target, ...guests(namespace, name ?? "", surroundings)]) {
    const group = groupOf(host, wanted);
    if (group) return group;
  }
  return undefined;
}

function* guests(namespace: string, name: string, { settings, cluster }: Surroundings): Iterable<Subject> {
  for (const deployment of cluster.attachedTo(namespace, name)) {
    const guest = subjectOf(deployment, settings);
    if (!guest.routing.shadow) yield guest;
  }
}

/** The group of `host` that has exactly these conditions; its own, whatever they are, when none are asked for. */
function groupOf(host: Subject, wanted: Conditions | undefined): JoinedGroup | undefined {
  if (host.custom) {
    const prefix = routePrefix(host.deployment.namespace, host.deployment.name ?? "");
    const key = groupKey({ prefix, ...wanted });
    const mapping = customRoutes(host).find((route) => groupKey(route) === key);
    return mapping && { headers: wanted ?? {}, circuitBreakers: circuitBreakersOf(mapping) };
  }
  const { circuitBreakers } = host.routing;
  const headers = ownConditions(host.routing, {});
  if (wanted !== undefined && !isDeepStrictEqual(headers, wanted)) return undefined;
  return { headers, circuitBreakers: circuitBreakers && [circuitBreakers] };
}
