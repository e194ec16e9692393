import { mismatchFinder } from "./mismatch.ts";
import type { RouteGroup } from "./table.ts";

/** A request as a client sends it. Header names are compared as Envoy does, without regard to case. */
export interface Request {
  readonly method: string;
  readonly host: string;
  /** Path without query. */
  readonly path: string;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Parameters of the query; left out: none. */
  readonly query?: ReadonlyMap<string, string>;
}

/**
 * The routes that answer a request, first to last: the second is reached by the share that the first leaves
 * over, and so on. Empty: Ambassador answers 404.
 */
export function matchingRoutes(groups: readonly RouteGroup[], request: Request): readonly RouteGroup[] {
  const mismatches = mismatchFinder(request);
  const matching: RouteGroup[] = [];
  for (const group of groups) {
    if (group.split.length === 0 || mismatches(group).length > 0) continue;
    matching.push(group);
    if (group.remainder === 0) break;
  }
  return matching;
}
