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

/** All that keeps a route from matching a request; empty when it matches. */
export function mismatches(group: RouteGroup, request: Request): readonly Mismatch[] {
  const found: Mismatch[] = [];
  if (group.method !== undefined && group.method !== request.method)
    found.push({ kind: "method", wanted: group.method });
  if (!matchesHost(group.host, request.host)) found.push({ kind: "host", wanted: group.host });
  if (!matchesPath(group, request.path)) found.push({ kind: "path", wanted: group.prefix });
  for (const condition of group.headers) {
    const sent = request.headers.get(condition.name.toLowerCase());
    if (!meets(condition, sent)) found.push({ kind: "header", condition, sent });
  }
  for (const condition of queryConditions(group)) {
    const sent = request.query?.get(condition.name);
    if (!meets(condition, sent)) found.push({ kind: "query", condition, sent });
  }
  return found;
}

/** A host is exact, or a glob with one asterisk at an end. */
function matchesHost(pattern: string, host: string): boolean {
  if (pattern === "*" || pattern === host) return true;
  if (pattern.startsWith("*")) return host.endsWith(pattern.slice(1));
  return pattern.endsWith("*") && host.startsWith(pattern.slice(0, -1));
}

function matchesPath({ prefix, isRegex }: RouteGroup, path: string): boolean {
  return isRegex ? matchesWhole(prefix, path) : path.startsWith(prefix);
}

function meets({ value, isRegex }: HeaderCondition, sent: string | undefined): boolean {
  if (sent === undefined) return false;
  if (value === undefined) return true;
  return isRegex ? matchesWhole(value, sent) : sent === value;
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

/** Envoy's expressions are RE2 and match the whole text. One that does not compile matches nothing. */
function matchesWhole(expression: string, text: string): boolean {
  try {
    return RE2JS.compile(expression).matcher(text).matches();
  } catch {
    return false;
  }
}
