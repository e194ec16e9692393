import { isDeepStrictEqual } from "node:util";
import type { CircuitBreakers } from "../seldon/routing.ts";
import { isMap } from "./custom.ts";
import { hostOf } from "./host.ts";
import type { MappingFields } from "./types.ts";

/** Presence is written `true` in v1 and v2, and as an expression in v3alpha1. */
const presence = ".*";

const sorted = (map: Readonly<Record<string, unknown>>): unknown =>
  Object.entries(map)
    .map(([key, value]) => [key, value === true ? presence : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));

/**
 * Mappings with one key share one route in Ambassador: host, method, prefix, headers, query parameters and
 * precedence. The owner's namespace is not part of it, nor whether a prefix or header is an expression.
 */
export const groupKey = (mapping: MappingFields): string =>
  JSON.stringify([
    hostOf(mapping),
    mapping.method ?? null,
    mapping.prefix ?? null,
    conditions(mapping.headers, mapping.regex_headers),
    conditions(mapping.query_parameters, mapping.regex_query_parameters),
    mapping.precedence ?? 0,
  ]);

// Most Mappings ask for nothing of the kind.
const conditions = (exact: unknown, regex: unknown): unknown =>
  exact === undefined && regex === undefined ? [] : sorted(joined(asMap(exact), asMap(regex)));

type Fields = Readonly<Record<string, unknown>>;

const joined = (exact: Fields, regex: Fields): Fields =>
  regex === none ? exact : exact === none ? regex : { ...exact, ...regex };

const none: Fields = {};

const asMap = (value: unknown): Fields => (isMap(value) ? value : none);

/** Method and prefix must agree too, but without that there is no common group. */
const shared = [
  "connect_timeout_ms",
  "cluster_idle_timeout_ms",
  "cluster_max_connection_lifetime_ms",
  "bypass_auth",
  "labels",
  "keepalive",
  "load_balancer",
  "prefix_regex",
  "headers",
];

/** The only one that may not be left out either. */
const strict = "circuit_breakers";

/** The fields for which Ambassador drops the later of two Mappings of one group. */
export const disagreements = (first: MappingFields, later: MappingFields): readonly string[] =>
  [strict, ...shared].filter((field) => {
    const [before, after] = [first[field], later[field]];
    if (field !== strict && (before === undefined || after === undefined)) return false;
    return !isDeepStrictEqual(before, after);
  });

const breakerFields = ["max_connections", "max_pending_requests", "max_requests", "max_retries"] as const;

/** The circuit breakers that a custom Mapping carries; every Mapping of its group must repeat them. */
export function circuitBreakersOf(mapping: MappingFields): readonly CircuitBreakers[] | undefined {
  if (!Array.isArray(mapping.circuit_breakers) || mapping.circuit_breakers.length === 0) return undefined;
  return mapping.circuit_breakers.filter(isMap).map((entry) => ({
    ...(entry.priority === "default" || entry.priority === "high" ? { priority: entry.priority } : {}),
    ...Object.fromEntries(
      breakerFields.filter((field) => Number.isInteger(entry[field])).map((field) => [field, entry[field]]),
    ),
  }));
}
