import type { FieldPath } from "../diagnostics/field-path.ts";
import { type AnnotationValue, keys, readAnnotation } from "./annotations.ts";
import type { Era } from "./era.ts";
import {
  type HeaderMatch,
  type Parsed,
  parseHeader,
  parseRegexHeader,
  regexProblem,
  variableProblem,
} from "./header.ts";
import type { SeldonDeployment } from "./types.ts";

export interface CircuitBreakers {
  readonly priority?: string;
  readonly max_connections?: number;
  readonly max_pending_requests?: number;
  readonly max_requests?: number;
  readonly max_retries?: number;
}

/** Which rule tells the author of a value that could not be read. */
export type ProblemKind = "service-name" | "shadow" | "header" | "regex" | "integer" | "ambassador-id";

/** An annotation whose value cannot be used. */
export interface Problem {
  readonly kind: ProblemKind;
  readonly path: FieldPath;
  readonly value: string;
  readonly message: string;
}

/** What a deployment's annotations say about its routes. Unusable values are absent here and in `problems`. */
export interface Routing {
  readonly serviceName: string | undefined;
  readonly shadow: boolean;
  readonly header: HeaderMatch | undefined;
  readonly regexHeader: HeaderMatch | undefined;
  readonly ambassadorId: string | undefined;
  readonly restTimeoutMs: number;
  readonly grpcTimeoutMs: number;
  readonly retries: number;
  readonly circuitBreakers: CircuitBreakers | undefined;
  /** Share of an attached canary, percent; only in eras that have the annotation. */
  readonly weight: number | undefined;
  readonly problems: readonly Problem[];
}

/** Seldon's own default, operator/controllers/ambassador at v1.18.2. */
const defaultTimeoutMs = 3000;
const maxInteger = 2147483647;

/** Reads all routing annotations. An empty value counts as unset. */
export function readRouting(deployment: SeldonDeployment, era: Era): Routing {
  const problems: Problem[] = [];
  const read = <T>(key: string, kind: ProblemKind, parse: (text: string) => Parsed<T>): T | undefined => {
    const found = readAnnotation(deployment, key, era);
    if (found === undefined || found.value === "") return undefined;
    const parsed = parse(found.value);
    if (parsed.problem === undefined) return parsed.value;
    problems.push(problemOf(found, kind, parsed.problem));
    return undefined;
  };
  const regexHeader = read(keys.regexHeader, "header", parseRegexHeader);
  return {
    serviceName: read(keys.serviceName, "service-name", parseDeploymentName),
    shadow: read(keys.shadow, "shadow", parseFlag) ?? false,
    header: read(keys.header, "header", parseHeader),
    regexHeader: regexHeader && read(keys.regexHeader, "regex", () => checkRegex(regexHeader)),
    ambassadorId: read(keys.ambassadorId, "ambassador-id", parseAmbassadorId),
    restTimeoutMs: read(era.timeoutAnnotations.rest, "integer", parseInteger) ?? defaultTimeoutMs,
    grpcTimeoutMs: read(era.timeoutAnnotations.grpc, "integer", parseInteger) ?? defaultTimeoutMs,
    retries: read(keys.retries, "integer", parseInteger) ?? 0,
    circuitBreakers: circuitBreakers((key) => read(key, "integer", parseInteger)),
    weight: era.weightAnnotation ? read(era.weightAnnotation, "integer", parsePercentage) : undefined,
    problems,
  };
}

const problemOf = ({ path, value }: AnnotationValue, kind: ProblemKind, message: string): Problem => ({
  kind,
  path,
  value,
  message,
});

function circuitBreakers(read: (key: string) => number | undefined): CircuitBreakers | undefined {
  const entries = [
    ["max_connections", read(keys.maxConnections)],
    ["max_pending_requests", read(keys.maxPendingRequests)],
    ["max_requests", read(keys.maxRequests)],
    ["max_retries", read(keys.maxRetries)],
  ].filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** RFC 1123 subdomain, what Kubernetes takes as the name of a custom resource. */
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

export const isSubdomain = (name: string): boolean => name.length <= 253 && subdomain.test(name);

const parseDeploymentName = (text: string): Parsed<string> =>
  isSubdomain(text) ? { value: text } : { problem: "cannot be the name of a SeldonDeployment" };

const parseFlag = (text: string): Parsed<boolean> =>
  text === "true" || text === "false" ? { value: text === "true" } : { problem: 'must be "true" or "false"' };

const parseInteger = (text: string): Parsed<number> =>
  /^\d+$/.test(text) && Number(text) <= maxInteger
    ? { value: Number(text) }
    : { problem: `must be an integer from 0 to ${maxInteger}` };

const parsePercentage = (text: string): Parsed<number> =>
  /^\d+$/.test(text) && Number(text) <= 100
    ? { value: Number(text) }
    : { problem: "must be an integer from 0 to 100" };

const parseAmbassadorId = (text: string): Parsed<string> => {
  if (/[,[\]]/.test(text)) return { problem: "is one id, but reads like a list" };
  if (/\p{Cc}/u.test(text) || text.trim() !== text || !text.isWellFormed())
    return { problem: "holds blanks around the id or control characters" };
  const problem = variableProblem(text);
  return problem === undefined ? { value: text } : { problem };
};

const checkRegex = (header: HeaderMatch): Parsed<HeaderMatch> => {
  const problem = regexProblem(header.value ?? "");
  return problem === undefined ? { value: header } : { problem };
};
