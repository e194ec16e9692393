import type { EngineSettings } from "../config/settings.ts";
import type { FieldPath } from "../diagnostics/field-path.ts";
import { buildPredictorDocuments, type NamedDeployment } from "../mapping/build.ts";
import { isMap } from "../mapping/custom.ts";
import { groupKey } from "../mapping/group.ts";
import { parseService } from "../mapping/service-address.ts";
import type { Subject } from "../mapping/subject.ts";
import type { MappingFields } from "../mapping/types.ts";
import { homesOf } from "../routes/neighbours.ts";
import { customMappings } from "../rules/custom-documents.ts";
import { isAllCustom } from "../rules/custom-groups.ts";
import { annotationPath } from "../seldon/annotations.ts";

/** What one destination gets of the requests of a route. */
export interface Share {
  /** The Service's host, by which it is known again whatever else of it changes. */
  readonly destination: string;
  /** Undefined for a guest without a weight: nobody but Ambassador knows how much that is. */
  readonly percent: number | undefined;
  /** The route is by its name this deployment's, whoever else answers it. */
  readonly isOwn: boolean;
  /** Of the Mapping that gives it. */
  readonly fields: MappingFields;
  /** The field that decides it. */
  readonly path: FieldPath;
  /** Begins a message: which document it is. */
  readonly lead: string;
}

/** By the route's group, then by destination. */
export type Shares = ReadonlyMap<string, ReadonlyMap<string, Share>>;

interface Route {
  readonly fields: MappingFields;
  readonly path: FieldPath;
  readonly lead: string;
}

function generatedRoutes(subject: Subject, settings: EngineSettings): readonly Route[] {
  const { deployment, routing, configuration, era } = subject;
  if (isAllCustom(subject) || deployment.name === undefined || routing.problems.length > 0) return [];
  const owned = new Set(configuration.predictors.map(({ predictor }) => predictor));
  const documents = buildPredictorDocuments({
    deployment: deployment as NamedDeployment,
    era,
    routing,
    settings,
    host: settings.ambassador.hostname,
    writesGrpc: settings.ambassador.grpc,
  });
  return documents.flatMap((ofPredictor, index) =>
    owned.has(index)
      ? []
      : ofPredictor
          .filter(({ kind }) => kind === "Mapping")
          .map((fields) => ({
            fields: fields as unknown as MappingFields,
            path:
              era.weightAnnotation !== undefined
                ? annotationPath("spec", era.weightAnnotation)
                : ["spec", "predictors", index, "traffic"],
            lead: "",
          })),
  );
}

const customRoutes = (subject: Subject): readonly Route[] =>
  customMappings(subject).map(({ fields, label, path }) => ({ fields, path, lead: `${label}: ` }));

/** A host as one name, whichever way it is written. */
function destinationOf({ service }: MappingFields, namespace: string): string {
  const address = parseService(String(service));
  if ("problem" in address) return String(service);
  const host = address.host.toLowerCase().replace(/\.svc(\.cluster\.local)?$/, "");
  return host.includes(".") ? host : `${host}.${namespace}`;
}

const identity = new Set(["seldon", "namespace"]);

/** Whether requests must ask for the route by a header of their own. */
const isAskedFor = ({ headers, regex_headers: expressions }: MappingFields): boolean =>
  [headers, expressions].some((map) => isMap(map) && Object.keys(map).some((name) => !identity.has(name)));

/** Whose a route is by its name; nobody's where it is named after no deployment. */
function ownerOf(fields: MappingFields, { deployment }: Subject): "own" | "another" | "nobody" {
  const homes = homesOf(fields, [deployment.namespace]);
  const isOwn = homes.some(
    ({ namespace, name }) => namespace === deployment.namespace && name === deployment.name,
  );
  if (isOwn) return "own";
  return homes.length > 0 ? "another" : "nobody";
}

const weightOf = ({ fields: { weight } }: Route): number | undefined =>
  typeof weight === "number" && Number.isFinite(weight) ? weight : undefined;

/** The shares of the destinations of one route. Those without a weight divide what is left, as in Ambassador. */
function sharesIn(routes: readonly Route[], subject: Subject): ReadonlyMap<string, Share> {
  const answering = routes.filter(({ fields }) => fields.shadow !== true);
  const given = answering.reduce((sum, route) => sum + (weightOf(route) ?? 0), 0);
  const open = answering.filter((route) => weightOf(route) === undefined).length;
  const rest = Math.max(0, 100 - given) / Math.max(1, open);
  const shares = new Map<string, Share>();
  for (const route of routes) {
    const { fields, path, lead } = route;
    const owner = ownerOf(fields, subject);
    const left = owner === "another" ? undefined : rest;
    const percent = fields.shadow === true ? 0 : (weightOf(route) ?? left);
    const destination = destinationOf(fields, subject.deployment.namespace);
    const before = shares.get(destination);
    const sum = before === undefined ? percent : plus(before.percent, percent);
    shares.set(destination, {
      path,
      lead,
      fields,
      ...before,
      destination,
      isOwn: owner === "own",
      percent: sum,
    });
  }
  return shares;
}

const plus = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;

/**
 * What the destinations of a deployment's routes get, by its own fields and documents: what others add to these
 * routes is not looked at. A route that a guest is asked for by a header, without a weight, divides nothing.
 */
export function sharesOf(subject: Subject, settings: EngineSettings): Shares {
  const groups = new Map<string, Route[]>();
  for (const route of [...customRoutes(subject), ...generatedRoutes(subject, settings)]) {
    const { fields } = route;
    if (typeof fields.prefix !== "string") continue;
    if (isAskedFor(fields) && ownerOf(fields, subject) === "another" && weightOf(route) === undefined)
      continue;
    const key = groupKey(fields);
    const known = groups.get(key);
    if (known) known.push(route);
    else groups.set(key, [route]);
  }
  return new Map([...groups].map(([key, routes]) => [key, sharesIn(routes, subject)]));
}
