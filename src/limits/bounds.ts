import { type Finding, invalid, required } from "../diagnostics/finding.ts";
import type { MappingFields } from "../mapping/types.ts";
import type { Sourced } from "../policy/types.ts";
import { customMappings } from "../rules/custom-documents.ts";
import { isAllCustom } from "../rules/custom-groups.ts";
import { annotationPath, readAnnotation } from "../seldon/annotations.ts";
import type { LimitInput } from "./limit.ts";

/** A number of a deployment's routes, and what the policy wants it to be. */
export interface Bounded {
  /** The annotation that sets it. */
  readonly key: string;
  /** What the annotations amount to, the operator's default where there is none. */
  readonly effective: number;
  /** The field of a Mapping, as messages name it. */
  readonly field: string;
  /** What a custom Mapping amounts to, Ambassador's default where it says nothing; undefined: it is not meant. */
  readonly inMapping: (fields: MappingFields) => unknown;
  readonly min: Sourced<number> | undefined;
  readonly max: Sourced<number> | undefined;
  /** Whether the annotation shapes a route: that of gRPC does not where none is generated for it. */
  readonly isRouted?: boolean;
  /** 0 stands for no bound at all. */
  readonly zeroIsEndless: boolean;
}

function problemOf(value: unknown, { min, max, zeroIsEndless }: Bounded): string | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) return "no number, so not within the limits";
  if (zeroIsEndless && value === 0) return max && `0 is no timeout at all, over the ${max.value} allowed`;
  if (max !== undefined && value > max.value) return `${value} is over the ${max.value} allowed`;
  return min !== undefined && value < min.value ? `${value} is under the ${min.value} required` : undefined;
}

function* ofAnnotations({ deployment, era, routing }: LimitInput, bounded: Bounded): Iterable<Finding> {
  const found = readAnnotation(deployment, bounded.key, era);
  if (found === undefined || found.value === "") {
    const problem = problemOf(bounded.effective, bounded);
    const path = found?.path ?? annotationPath("metadata", bounded.key);
    if (problem !== undefined) yield required(path, `the operator's default of ${problem}`);
    return;
  }
  const isUnreadable = routing.problems.some(({ path }) => path.at(-1) === bounded.key);
  const problem = problemOf(isUnreadable ? undefined : bounded.effective, bounded);
  if (problem !== undefined) yield invalid(found.path, found.value, problem);
}

/** What is out of bounds: by annotation or default, and in each Mapping of the author's own. */
export function* outOfBounds(input: LimitInput, bounded: Bounded): Iterable<Finding> {
  if (bounded.min === undefined && bounded.max === undefined) return;
  if (bounded.isRouted !== false && !isAllCustom(input)) yield* ofAnnotations(input, bounded);
  for (const { fields, label, path } of customMappings(input)) {
    const value = bounded.inMapping(fields);
    const problem = value === undefined ? undefined : problemOf(value, bounded);
    if (problem !== undefined) yield invalid(path, value, `${label}: ${bounded.field}: ${problem}`);
  }
}

/** Ambassador's timeout for a Mapping that has none, in ms (Ambassador's documentation of `timeout_ms`). */
const mappingTimeoutMs = 3000;

/** How a timeout of Mappings for gRPC, or for all others, is bounded. */
export const timeoutIn = (isGrpc: boolean): Pick<Bounded, "field" | "inMapping" | "zeroIsEndless"> => ({
  field: "timeout_ms",
  inMapping: ({ grpc, timeout_ms: timeoutMs }) =>
    (grpc === true) === isGrpc ? (timeoutMs ?? mappingTimeoutMs) : undefined,
  zeroIsEndless: true,
});
