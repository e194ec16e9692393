import { formatFieldPath } from "../diagnostics/field-path.ts";
import type { RoutedMapping } from "../routes/effective.ts";
import { queryConditions } from "../routes/mismatch.ts";
import type { HeaderCondition, RouteGroup, Share } from "../routes/table.ts";
import { destinationOf, readyPath } from "./destination.ts";
import { problemsOf, type RouteProblem } from "./problems.ts";
import type { Ambassador, Served } from "./served.ts";

/** One Mapping in the output of `routes -o json`. */
export interface JsonMapping {
  /** As the Mapping says it: `iris-main.models:8000`. */
  readonly service: string;
  readonly namespace: string;
  readonly name: string;
  /** The predictor that the service belongs to; null where it is none of the owner's. */
  readonly predictor: string | null;
  /** Written by the author; else generated. */
  readonly custom: boolean;
  /** The annotation with the author's text, or the predictor: `spec.predictors[1]`. */
  readonly field: string;
}

export interface JsonShare extends JsonMapping {
  /** Of the route's requests; of a shadow, those that it gets a copy of. */
  readonly percent: number;
}

/** A header or query parameter that a route asks for. */
export interface JsonCondition {
  readonly name: string;
  /** Null: it must be present. */
  readonly value: string | null;
  readonly regex: boolean;
}

/** One route in the output of `routes -o json`. */
export interface JsonRoute {
  readonly kind: "rest" | "grpc";
  /** `*`: any. */
  readonly host: string;
  readonly method: string | null;
  readonly path: string;
  /** The path is an expression for the whole path; else a prefix. */
  readonly regex: boolean;
  readonly headers: readonly JsonCondition[];
  readonly query: readonly JsonCondition[];
  readonly precedence: number;
  readonly split: readonly JsonShare[];
  /** Percent of the requests that go on to the next route that takes them, or get 404. */
  readonly remainder: number;
  readonly shadow: JsonShare | null;
  readonly refusedShadows: readonly JsonMapping[];
  readonly dropped: readonly JsonMapping[];
  readonly problems: readonly RouteProblem[];
  /** Path of a request to the model, behind the address of Ambassador; null for gRPC and where it is not known. */
  readonly requestPath: string | null;
}

/** The routes of one Ambassador, in the order in which it tries them. */
export interface JsonAmbassador {
  readonly id: string;
  /** The namespaces that it watches; null: all. */
  readonly namespaces: readonly string[] | null;
  readonly routes: readonly JsonRoute[];
}

/** A deployment that has no routes, or has mistakes. */
export interface JsonNote {
  readonly namespace: string;
  /** Null while `generateName` has not been resolved. */
  readonly name: string | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly routed: boolean;
  readonly reason: string;
}

/** The document that `routes -o json` prints. Keys may be added, never renamed or removed. */
export interface JsonTable {
  readonly ambassadors: readonly JsonAmbassador[];
  readonly notes: readonly JsonNote[];
  /** What could not be read; the line is null where it concerns the whole file. */
  readonly errors: readonly JsonError[];
}

export interface JsonError {
  readonly file: string;
  readonly line: number | null;
  readonly message: string;
}

export const jsonTable = (served: Served): readonly JsonAmbassador[] =>
  served.ambassadors.map((ambassador) => ({
    id: ambassador.id,
    namespaces: ambassador.namespaces ?? null,
    routes: ambassador.shown.map((route) => jsonRoute(route, ambassador, served)),
  }));

export function jsonRoute(route: RouteGroup, { routes }: Ambassador, served: Served): JsonRoute {
  return {
    kind: route.isGrpc ? "grpc" : "rest",
    host: route.host,
    method: route.method ?? null,
    path: route.prefix,
    regex: route.isRegex,
    headers: route.headers.map(jsonCondition),
    query: queryConditions(route).map(jsonCondition),
    precedence: route.precedence,
    split: route.split.map((share) => jsonShare(share, served)),
    remainder: route.remainder,
    shadow: route.shadow ? jsonShare(route.shadow, served) : null,
    refusedShadows: route.refusedShadows.map((mapping) => jsonMapping(mapping, served)),
    dropped: route.dropped.map((mapping) => jsonMapping(mapping, served)),
    problems: problemsOf(route, { ...served, routes }),
    requestPath: readyPath(route, served) ?? null,
  };
}

export const jsonCondition = ({ name, value, isRegex }: HeaderCondition): JsonCondition => ({
  name,
  value: value ?? null,
  regex: isRegex,
});

export const jsonShare = ({ mapping, percent }: Share, served: Served): JsonShare => ({
  percent,
  ...jsonMapping(mapping, served),
});

const jsonMapping = (mapping: RoutedMapping, served: Served): JsonMapping => ({
  service: String(mapping.fields.service),
  namespace: mapping.owner.namespace,
  name: mapping.owner.name,
  predictor: destinationOf(mapping, served)?.predictor ?? null,
  custom: mapping.isCustom,
  field: formatFieldPath(mapping.source),
});
