import { isDeepStrictEqual } from "node:util";
import type { ClusterView } from "../cluster/view.ts";
import { allSettings, type EngineSettings, settingsFor } from "../config/settings.ts";
import type { JoinedGroup } from "./build.ts";
import { ownConditions } from "./conditions.ts";
import { mappingsOf } from "./custom.ts";
import { ambassadorIds, haveReader } from "./custom-groups.ts";
import { circuitBreakersOf, groupKey } from "./group.ts";
import { everyHost } from "./host.ts";
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

/** The settings of the deployment under whose prefix one is routed: its own, or the one that it is attached to. */
export function settingsOfPrefix(
  subject: Subject,
  { cluster }: Pick<Surroundings, "cluster">,
): EngineSettings {
  const { settings, deployment, routing } = subject;
  // Everybody has the same.
  if (settings.operators === undefined || !isAttached(subject)) return settings;
  const target = cluster.find(deployment.namespace, routing.serviceName ?? "");
  return target === undefined ? settings : settingsFor(settings, target);
}

/** The REST prefix of a deployment's own routes. */
export const routePrefix = (namespace: string, name: string): string => `/seldon/${namespace}/${name}/`;

/** The author's Mappings of a deployment under a prefix; by default its own. */
export function customRoutes(
  { deployment, custom }: Subject,
  prefix: string = routePrefix(deployment.namespace, deployment.name ?? ""),
): readonly MappingFields[] {
  return custom ? mappingsOf(custom).filter((mapping) => mapping.prefix === prefix) : [];
}

/**
 * The group whose requests an attached shadow copies: the target's own, or, for a shadow with a header, that
 * of the deployment which answers this header on the target. Undefined where there is none to be found.
 */
export function joinedGroup(shadow: Subject, surroundings: Surroundings): JoinedGroup | undefined {
  const target = shadow.routing.shadow ? targetOf(shadow, surroundings) : undefined;
  if (target === undefined) return undefined;
  const own = groupOn(target, shadow);
  const wanted = ownConditions(shadow.routing, {});
  if (own || Object.keys(wanted).length === 0) return own;
  const prefix = ownPrefix(target);
  const hosts = new Set(allSettings(target.settings).flatMap(hostsOf));
  for (const host of guests(target, groupKeys(prefix, wanted, [...hosts]), surroundings)) {
    // As it was before this write, it may have answered what it is to copy now.
    if (isSame(host, shadow)) continue;
    const group = host.custom ? customGroup(host, prefix, wanted) : ownGroup(host, target.settings);
    if (group && isDeepStrictEqual(group.headers, wanted)) return group;
  }
  return undefined;
}

const groupKeys = (prefix: string, wanted: Conditions, hosts: readonly string[]): readonly string[] =>
  hosts.map((host) => groupKey({ prefix, host, ...wanted }));

/** The hosts for which a custom Mapping may be written where a generated one would be: the one set, or all. */
const hostsOf = ({ ambassador: { hostname } }: EngineSettings): readonly string[] =>
  hostname === everyHost ? [everyHost] : [hostname, everyHost];

const isSame = ({ deployment: a }: Subject, { deployment: b }: Subject): boolean =>
  a.namespace === b.namespace && a.name === b.name;

/** The group that a shadow copies on this target itself, not counting those attached to it. */
export function groupOn(target: Subject, shadow: Subject): JoinedGroup | undefined {
  const wanted = ownConditions(shadow.routing, {});
  const plain = Object.keys(wanted).length === 0;
  if (target.custom) return customGroup(target, ownPrefix(target), wanted);
  const group = ownGroup(target, target.settings);
  return plain || isDeepStrictEqual(group.headers, wanted) ? group : undefined;
}

/** Whether a deployment answers requests to its own prefix that meet no header condition of a guest. */
export function routesPlainly(target: Subject): boolean {
  if (target.custom === undefined) return true;
  const keys = groupKeys(ownPrefix(target), {}, hostsOf(target.settings));
  return customRoutes(target).some((mapping) => keys.includes(groupKey(mapping)));
}

/** The ids of the Ambassadors that serve a deployment's own prefix. */
export const servingIds = (target: Subject): readonly string[] =>
  target.custom
    ? customRoutes(target).flatMap(ambassadorIds)
    : ambassadorIds({ ambassador_id: target.routing.ambassadorId });

/** Whether one that is attached lives on an Ambassador of its target. */
export function isServedWith(guest: Subject, target: Subject): boolean {
  const [ids, own] = [servingIds(target), servingIds(guest)];
  return haveReader({ ambassador_id: ids }, { ambassador_id: own });
}

const ownPrefix = ({ deployment }: Subject): string =>
  routePrefix(deployment.namespace, deployment.name ?? "");

/** The live deployments that may answer one of these groups of requests besides the target. */
function* guests(
  { deployment }: Subject,
  groups: readonly string[],
  surroundings: Surroundings,
): Iterable<Subject> {
  const { settings, cluster } = surroundings;
  const attached = cluster.attachedTo(deployment.namespace, deployment.name ?? "");
  const routing = groups.flatMap((group) => [...cluster.routing(group)]);
  for (const other of new Set([...attached, ...routing])) {
    const guest = subjectOf(other, settings);
    if (guest.custom || !guest.routing.shadow) yield guest;
  }
}

/** The group of exactly these conditions that the author of `target` wrote. */
function customGroup(target: Subject, prefix: string, wanted: Conditions): JoinedGroup | undefined {
  const answering = customRoutes(target, prefix).filter((route) => route.shadow !== true);
  for (const host of hostsOf(target.settings)) {
    const key = groupKey({ prefix, host, ...wanted });
    const mapping = answering.find((route) => groupKey(route) === key);
    if (mapping) return { host, headers: wanted, circuitBreakers: circuitBreakersOf(mapping) };
  }
  return undefined;
}

/** The group that a deployment's annotations make, on a prefix of the deployment with these settings. */
function ownGroup({ routing }: Subject, { ambassador }: EngineSettings): JoinedGroup {
  const { circuitBreakers } = routing;
  return {
    host: ambassador.hostname,
    headers: ownConditions(routing, {}),
    circuitBreakers: circuitBreakers && [circuitBreakers],
  };
}
