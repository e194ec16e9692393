import { ownErrors } from "../admission/judge.ts";
import { snapshotOf } from "../cluster/snapshot.ts";
import type { ClusterView } from "../cluster/view.ts";
import type { EngineSettings } from "../config/settings.ts";
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
  const deployments = written.map((each) => withDefaults(each, policyFor(policy, each.namespace)));
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
    else if (isUnwritten(subject, settings)) unwritten.push(deployment);
    return served;
  });
  return { ...context, ambassadors: ambassadorsOf(mappings, settings), faulty, unwritten };
}

/** The mutating webhook leaves a text alone that was made of the fields that the object still has. */
const isTrueOf = (subject: Subject) => {
  const digest = digestOf(subject);
  return ({ text }: { readonly text: string }): boolean => provenance(text, digest) === "intact";
};

const isUnwritten = (subject: Subject, settings: EngineSettings): boolean =>
  settings.carrier !== "none" &&
  subject.configuration.custom === undefined &&
  carriedTexts(subject, settings).length === 0;

/** Ambassador drops a Mapping without prefix or service. */
const isComplete = ({ fields }: RoutedMapping): boolean =>
  typeof fields.prefix === "string" && typeof fields.service === "string" && fields.service !== "";

function ambassadorsOf(
  mappings: readonly RoutedMapping[],
  { seldon }: EngineSettings,
): readonly Ambassador[] {
  if (!seldon.singleNamespace) return instancesOf(mappings, undefined);
  const own = new Set(mappings.map(({ owner }) => owner.namespace));
  const together = seldon.namespaces.filter((namespace) => own.has(namespace));
  const apart = [...own].filter((namespace) => !together.includes(namespace)).toSorted();
  const areas = [...(together.length > 0 ? [together] : []), ...apart.map((namespace) => [namespace])];
  return areas.flatMap((area) =>
    instancesOf(
      mappings.filter(({ owner }) => area.includes(owner.namespace)),
      area,
    ),
  );
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
