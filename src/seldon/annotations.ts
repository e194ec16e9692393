import type { FieldPath } from "../diagnostics/field-path.ts";
import { type Era, eras } from "./era.ts";
import { recordedDefaults } from "./recorded-defaults.ts";
import type { SeldonDeployment } from "./types.ts";

/** Annotations of a SeldonDeployment that shape its routing. */
export const keys = {
  config: "seldon.io/ambassador-config",
  serviceName: "seldon.io/ambassador-service-name",
  shadow: "seldon.io/ambassador-shadow",
  header: "seldon.io/ambassador-header",
  regexHeader: "seldon.io/ambassador-regex-header",
  ambassadorId: "seldon.io/ambassador-id",
  retries: "seldon.io/ambassador-retries",
  maxConnections: "seldon.io/ambassador-circuit-breakers-max-connections",
  maxPendingRequests: "seldon.io/ambassador-circuit-breakers-max-pending-requests",
  maxRequests: "seldon.io/ambassador-circuit-breakers-max-requests",
  maxRetries: "seldon.io/ambassador-circuit-breakers-max-retries",
} as const;

export const circuitBreakerKeys = [
  keys.maxConnections,
  keys.maxPendingRequests,
  keys.maxRequests,
  keys.maxRetries,
] as const;

const keysOf = (era: Era): readonly string[] => [
  ...Object.values(keys),
  era.timeoutAnnotations.rest,
  era.timeoutAnnotations.grpc,
  ...(era.weightAnnotation === undefined ? [] : [era.weightAnnotation]),
];

// Asked for by several rules in every call.
const known = new Map(eras.map((era) => [era, keysOf(era)]));

/** Every key that is read in this era. */
export const knownKeys = (era: Era): readonly string[] => known.get(era) ?? keysOf(era);

/** Keys that some era reads and this one does not: what to do instead, as a clause. */
export function foreignKeys(era: Era): ReadonlyMap<string, string> {
  const read = new Set(knownKeys(era));
  const { rest, grpc } = era.timeoutAnnotations;
  const advice: [string, string][] = [
    ["seldon.io/rest-read-timeout", `use ${rest}`],
    ["seldon.io/grpc-read-timeout", `use ${grpc}`],
    ["seldon.io/rest-timeout", `use ${rest}`],
    ["seldon.io/grpc-timeout", `use ${grpc}`],
    ["seldon.io/ambassador-weight", "use spec.predictors[].traffic"],
  ];
  return new Map(advice.filter(([key]) => !read.has(key)));
}

export type Place = "spec" | "metadata";

export const annotationPath = (place: Place, key: string): FieldPath =>
  place === "spec" ? ["spec", "annotations", key] : ["metadata", "annotations", key];

export interface AnnotationValue {
  readonly key: string;
  readonly value: string;
  readonly place: Place;
  readonly path: FieldPath;
}

/**
 * The annotation as the operator reads it: a key present in spec wins, even when it is empty. A default of the
 * webhook's own counts in every era: the operator may not read it, but the injected text is made of it.
 */
export function readAnnotation(
  deployment: SeldonDeployment,
  key: string,
  era: Era,
): AnnotationValue | undefined {
  const inSpec = deployment.spec.annotations.get(key);
  if (inSpec !== undefined) return { key, value: inSpec, place: "spec", path: annotationPath("spec", key) };
  const isRead = era.readsMetadataAnnotations || recordedDefaults(deployment.annotations).has(key);
  const inMetadata = isRead ? deployment.annotations.get(key) : undefined;
  if (inMetadata === undefined) return undefined;
  return { key, value: inMetadata, place: "metadata", path: annotationPath("metadata", key) };
}
