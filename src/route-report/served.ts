import { ownErrors } from "../admission/judge.ts";
import { snapshotOf } from "../cluster/snapshot.ts";
import type { ClusterView } from "../cluster/view.ts";
import { type EngineSettings, settingsFor } from "../config/settings.ts";
import type { Report } from "../diagnostics/finding.ts";
import { carriedTexts, digestOf } from "../mapping/injection.ts";
import { provenance } from "../mapping/marker.ts";
import { type Subject, subjectOf } from "../mapping/subject.ts";
import { withDefaults } from "../policy/defaults.ts";
import { type PolicyContext, policyFor } from "../policy/policy-index.ts";
import { effectiveMappings, type RoutedMapping } from "../routes/effective.ts";
import { type RouteGroup, routeTable } from "../routes/table.ts";
import type { SeldonDeployment } from "../seldon/types.ts";

/** One instance of Ambassador and its routes, in the order in which it tries them. */
export interface Ambassador {
  readonly id: string;
  /** The namespaces that it watches; undefined: all. */
  readonly namespaces: readonly string[] | undefined;
  readonly routes: readonly RouteGroup[];
  /** Those of them that were asked for. */
  readonly shown: readonly RouteGroup[];
}

/** A deployment with mistakes of its own. */
export interface Faulty {
  readonly deployment: SeldonDeployment;
  readonly errors: readonly Report[];
  /** Its author's own configuration, or a text that it holds already, is served all the same. */
  readonly isRouted: boolean;
}

/** What all Ambassadors together serve of a set of deployments. */
export interface Served {
  readonly ambassadors: readonly Ambassador[];
  readonly faulty: readonly Faulty[];
  /** Those that hold no text of the webhook yet: their next write gives them one. */
  readonly unwritten: readonly SeldonDeployment[];
  readonly cluster: ClusterView;
  readonly settings: EngineSettings;
}

/** The id of an Ambassador, and of a Mapping, that names none. */
export const defaultId = "default";

/** What is served once each of the deployments has been through the mutating webhook. */
export function servedOf(
  written: readonly SeldonDeployment[],
  settings: EngineSettings,
  policy?: PolicyContext,
): Served {
  const deployments = written.map((each) =>
    withDefaults(each, policyFor(policy, each.namespace, settingsFor(settings, each).seldon.operatorVersion)),
  );
  const context = { settings, cluster: snapshotOf(deployments) };
  const faulty: Faulty[] = [];
  const unwritten: SeldonDeployment[] = [];
  const mappings = deployments.flatMap((deployment) => {
    const subject = subjectOf(deployment, settings);
    const errors = ownErrors(subject, context);
    const isKept = errors.length === 0 || subject.configuration.generated.some(isTrueOf(subject));
    const served = effectiveMappings(subject, context)
      .filter(({ isCustom }) => isCustom || isKept)
      .filter(isComplete);
    if (errors.length > 0) faulty.push({ deployment, errors, isRouted: served.length > 0 });
    else if (isUnwritten(subject)) unwritten.push(deployment);
    return served;
  });
  return { ...context, ambassadors: ambassadorsOf(mappings, context), faulty, unwritten };
}

/** The mutating webhook leaves a text alone that was made of the fields that the object still has. */
const isTrueOf = (subject: Subject) => {
  const digest = digestOf(subject);
  return ({ text }: { readonly text: string }): boolean => provenance(text, digest) === "intact";
};

const isUnwritten = (subject: Subject): boolean =>
  subject.settings.carrier !== "none" &&
  subject.configuration.custom === undefined &&
  carriedTexts(subject).length === 0;

/** Ambassador drops a Mapping without prefix or service. */
const isComplete = ({ fields }: RoutedMapping): boolean =>
  typeof fields.prefix === "string" && typeof fields.service === "string" && fields.service !== "";

/** The settings of the operator that takes a Mapping's owner. */
export const settingsOf = (
  { owner }: Pick<RoutedMapping, "owner">,
  { settings, cluster }: Pick<Served, "settings" | "cluster">,
): EngineSettings => {
  const { controllerId } = cluster.find(owner.namespace, owner.name) ?? { controllerId: undefined };
  return settingsFor(settings, { namespace: owner.namespace, controllerId });
};

type Watched = Pick<Ambassador, "namespaces">;

/** Which namespaces the Ambassador watches that serves a Mapping; undefined: all. */
function areaOf(mapping: RoutedMapping, known: Pick<Served, "settings" | "cluster">): Watched["namespaces"] {
  const { singleNamespace, namespaces } = settingsOf(mapping, known).seldon;
  if (!singleNamespace) return undefined;
  const { namespace } = mapping.owner;
  return namespaces.includes(namespace) ? namespaces : [namespace];
}

function ambassadorsOf(
  mappings: readonly RoutedMapping[],
  known: Pick<Served, "settings" | "cluster">,
): readonly Ambassador[] {
  const byArea = new Map<string, Watched & { readonly mappings: RoutedMapping[] }>();
  for (const mapping of mappings) {
    const namespaces = areaOf(mapping, known);
    const key = namespaces?.join() ?? "";
    const area = byArea.get(key) ?? { namespaces, mappings: [] };
    area.mappings.push(mapping);
    byArea.set(key, area);
  }
  return [...byArea.values()].toSorted(byWidth).flatMap((area) => {
    const own = new Set(area.mappings.map(({ owner }) => owner.namespace));
    const namespaces = area.namespaces?.filter((namespace) => own.has(namespace));
    return instancesOf(area.mappings, namespaces);
  });
}

/** All namespaces first, then those watched together, then single ones by name. */
function byWidth({ namespaces: a }: Watched, { namespaces: b }: Watched): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined);
  return Number(b.length > 1) - Number(a.length > 1) || (a.join() < b.join() ? -1 : 1);
}

function instancesOf(
  mappings: readonly RoutedMapping[],
  namespaces: readonly string[] | undefined,
): readonly Ambassador[] {
  const byId = new Map<string, RouteGroup[]>();
  for (const group of routeTable(mappings)) {
    const routes = byId.get(group.ambassadorId);
    if (routes) routes.push(group);
    else byId.set(group.ambassadorId, [group]);
  }
  return [...byId.keys()].toSorted(defaultFirst).map((id) => {
    const routes = byId.get(id) ?? [];
    return { id, namespaces, routes, shown: routes };
  });
}

function defaultFirst(a: string, b: string): number {
  if (a === defaultId || b === defaultId) return Number(b === defaultId) - Number(a === defaultId);
  return a < b ? -1 : Number(a > b);
}
