import { RE2JS } from "re2js";
import { isMap } from "../mapping/custom.ts";
import type { Request } from "./explain.ts";
import type { HeaderCondition, RouteGroup } from "./table.ts";

/** One thing that a route asks for and a request does not have. */
export type Mismatch =
  | { readonly kind: "method" | "host" | "path"; readonly wanted: string }
  | {
      readonly kind: "header" | "query";
      readonly condition: HeaderCondition;
      /** Undefined: the request has none of this name. */
      readonly sent: string | undefined;
    };

/** Tells of a route all that keeps it from matching the request; empty when it matches. */
export function mismatchFinder(request: Request): (group: RouteGroup) => readonly Mismatch[] {
  const matchesWhole = expressionMatcher();
  const matchesPath = ({ prefix, isRegex }: RouteGroup): boolean =>
    isRegex ? matchesWhole(prefix, request.path) : request.path.startsWith(prefix);
  const meets = ({ value, isRegex }: HeaderCondition, sent: string | undefined): boolean => {
    if (sent === undefined) return false;
    if (value === undefined) return true;
    return isRegex ? matchesWhole(value, sent) : sent === value;
  };
  const failing = (kind: "header" | "query", conditions: readonly HeaderCondition[]): readonly Mismatch[] =>
    conditions
      .map((condition) => ({ kind, condition, sent: sentValue(request, kind, condition.name) }))
      .filter(({ condition, sent }) => !meets(condition, sent));
  return (group) => [
    ...(group.method !== undefined && group.method !== request.method
      ? [{ kind: "method", wanted: group.method } as const]
      : []),
    ...(matchesHost(group.host, request.host) ? [] : [{ kind: "host", wanted: group.host } as const]),
    ...(matchesPath(group) ? [] : [{ kind: "path", wanted: group.prefix } as const]),
    ...failing("header", group.headers),
    ...failing("query", queryConditions(group)),
  ];
}

const sentValue = (
  { headers, query }: Request,
  kind: "header" | "query",
  name: string,
): string | undefined => (kind === "header" ? headers.get(name.toLowerCase()) : query?.get(name));

/** A host is exact, or a glob with one asterisk at an end. */
function matchesHost(pattern: string, host: string): boolean {
  if (pattern === "*" || pattern === host) return true;
  if (pattern.startsWith("*")) return host.endsWith(pattern.slice(1));
  return pattern.endsWith("*") && host.startsWith(pattern.slice(0, -1));
}

/** They are part of a group's key, so that any of its Mappings tells them. */
export function queryConditions({ split, shadow }: RouteGroup): readonly HeaderCondition[] {
  const { query_parameters: exact, regex_query_parameters: regex } =
    (split[0] ?? shadow)?.mapping.fields ?? {};
  const conditions = (map: unknown, isRegex: boolean): HeaderCondition[] =>
    Object.entries(isMap(map) ? map : {}).map(([name, value]) => ({
      name,
      value: typeof value === "string" ? value : undefined,
      isRegex,
    }));
  return [...conditions(exact, false), ...conditions(regex, true)];
}

/**
 * Envoy's expressions are RE2 and match the whole text. One that does not compile matches nothing. All routes of
 * gRPC have the same, so that each is compiled once.
 */
function expressionMatcher(): (expression: string, text: string) => boolean {
  const compiled = new Map<string, RE2JS | undefined>();
  return (expression, text) => {
    if (!compiled.has(expression)) compiled.set(expression, compile(expression));
    return compiled.get(expression)?.matcher(text).matches() ?? false;
  };
}

function compile(expression: string): RE2JS | undefined {
  try {
    return RE2JS.compile(expression);
  } catch {
    return undefined;
  }
}
