import { type EngineSettings, settingsFor } from "../config/settings.ts";
import type { PredictorDocuments } from "../mapping/build.ts";
import { isMap } from "../mapping/custom.ts";
import { haveReader } from "../mapping/custom-groups.ts";
import { groupKey } from "../mapping/group.ts";
import { type Subject, subjectOf } from "../mapping/subject.ts";
import type { MappingFields } from "../mapping/types.ts";
import { deploymentKey, type SeldonDeployment } from "../seldon/types.ts";
import { effectiveMappings, type RoutedMapping, type Surroundings } from "./effective.ts";

/** A deployment's Mappings and those of others that share a route with one of them. */
export interface Neighbours {
  readonly own: readonly RoutedMapping[];
  /** The others' Mappings on the same Ambassador, of the group that `mapping` belongs to. */
  readonly besides: (mapping: Pick<RoutedMapping, "fields">) => readonly RoutedMapping[];
}

/**
 * Looks for those who share a route with a deployment. Who they can be follows from the route itself: the
 * deployment that a generated prefix or header names, those attached to it, and authors of the same route. So the
 * cost does not grow with the cluster.
 */
export function neighboursOf(
  subject: Subject,
  surroundings: Surroundings,
  documents?: () => PredictorDocuments,
): Neighbours {
  const own = effectiveMappings(subject, surroundings, documents);
  const others = new Map<string, RoutedMapping[]>();
  for (const other of candidates(own, subject, surroundings)) {
    for (const mapping of effectiveMappings(subjectOf(other, surroundings.settings), surroundings)) {
      const key = groupKey(mapping.fields);
      const known = others.get(key);
      if (known) known.push(mapping);
      else others.set(key, [mapping]);
    }
  }
  return {
    own,
    besides: (mapping) =>
      others.size === 0
        ? []
        : (others.get(groupKey(mapping.fields)) ?? []).filter((other) =>
            haveReader(mapping.fields, other.fields),
          ),
  };
}

/** The namespaces whose routes without a namespace are one Ambassador's with those of `namespace`. */
function watchedWith(namespace: string, { namespaces }: EngineSettings["seldon"]): readonly string[] {
  return namespaces.includes(namespace) ? namespaces : [namespace];
}

function candidates(
  own: readonly RoutedMapping[],
  { deployment, settings }: Subject,
  { cluster }: Surroundings,
): ReadonlySet<SeldonDeployment> {
  const found = new Set<SeldonDeployment>();
  const homes = new Map<string, Home>();
  const watched = watchedWith(deployment.namespace, settings.seldon);
  for (const { fields } of own) {
    for (const other of cluster.routing(groupKey(fields))) found.add(other);
    for (const home of homesOf(fields, watched)) homes.set(deploymentKey(home.namespace, home.name), home);
  }
  for (const { namespace, name } of homes.values()) {
    const host = cluster.find(namespace, name);
    if (host) found.add(host);
    for (const guest of cluster.attachedTo(namespace, name)) found.add(guest);
  }
  for (const other of found)
    if (isSame(other, deployment) || isApart(deployment, other, settings)) found.delete(other);
  return found;
}

/** In single-namespace mode each namespace has an Ambassador of its own, unless the settings say otherwise. */
function isApart(own: SeldonDeployment, other: SeldonDeployment, settings: EngineSettings): boolean {
  if (own.namespace === other.namespace) return false;
  const its = settingsFor(settings, other).seldon;
  return (
    (settings.seldon.singleNamespace &&
      !watchedWith(own.namespace, settings.seldon).includes(other.namespace)) ||
    (its.singleNamespace && !watchedWith(other.namespace, its).includes(own.namespace))
  );
}

const isSame = (a: SeldonDeployment, b: SeldonDeployment): boolean =>
  a.namespace === b.namespace && a.name === b.name;

/** A deployment by whose name a route is generated. */
export interface Home {
  readonly namespace: string;
  readonly name: string;
}

const explainer = "-explainer";

/** Whose generated route a Mapping can be: by its REST prefix, or by its gRPC headers. */
export function homesOf({ prefix, headers }: MappingFields, namespaces: readonly string[]): readonly Home[] {
  const [, first, second] = /^\/seldon\/([^/]+)\/(?:([^/]+)\/)?/.exec(String(prefix)) ?? [];
  if (first !== undefined) {
    const homes = second === undefined ? [] : spelled(first, second);
    // In single-namespace mode the first part is the name.
    for (const namespace of namespaces) homes.push(...spelled(namespace, first));
    return homes;
  }
  const { seldon, namespace } = isMap(headers) ? headers : ({} as MappingFields);
  if (typeof seldon !== "string") return [];
  return (typeof namespace === "string" ? [namespace] : namespaces).map((each) => ({
    namespace: each,
    name: seldon,
  }));
}

/** `a-explainer` is a deployment's name or the path of the explainers of `a`. */
const spelled = (namespace: string, name: string): Home[] =>
  name.endsWith(explainer)
    ? [
        { namespace, name },
        { namespace, name: name.slice(0, -explainer.length) },
      ]
    : [{ namespace, name }];
