import { RE2JS } from "re2js";
import type { HeaderCondition, RouteGroup } from "./table.ts";

/** A request as a client sends it. Header names are compared as Envoy does, without regard to case. */
export interface Request {
  readonly method: string;
  readonly host: string;
  /** Path without query. */
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * The routes that answer a request, first to last: the second is reached by the share that the first leaves
 * over, and so on. Empty: Ambassador answers 404.
 */
export function matchingRoutes(groups: readonly RouteGroup[], request: Request): readonly RouteGroup[] {
  const matching: RouteGroup[] = [];
  for (const group of groups) {
    if (group.split.length === 0 || !matches(group, request)) continue;
    matching.push(group);
    if (group.remainder === 0) break;
  }
  return matching;
}

function matches(group: RouteGroup, request: Request): boolean {
  if (group.method !== undefined && group.method !== request.method) return false;
  if (!matchesHost(group.host, request.host) || !matchesPath(group, request.path)) return false;
  return group.headers.every((condition) => matchesHeader(condition, request.headers));
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

function matchesHeader({ name, value, isRegex }: HeaderCondition, headers: Request["headers"]): boolean {
  const sent = headers.get(name.toLowerCase());
  if (sent === undefined) return false;
  if (value === undefined) return true;
  return isRegex ? matchesWhole(value, sent) : sent === value;
}

/** Envoy's expressions are RE2 and match the whole text. One that does not compile matches nothing. */
function matchesWhole(expression: string, text: string): boolean {
  try {
    return RE2JS.compile(expression).matcher(text).matches();
  } catch {
    return false;
  }
}
