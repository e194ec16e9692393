import { distance } from "fastest-levenshtein";
import type { Request } from "../routes/explain.ts";
import { type Mismatch, mismatchFinder } from "../routes/mismatch.ts";
import type { RouteGroup } from "../routes/table.ts";
import type { Miss } from "./explanation.ts";

/** More than this are not shown. */
const most = 3;
/** Longer texts are not compared letter by letter. */
const longest = 300;

/** The routes that it takes least to reach from a request that nobody answers, the nearest first. */
export function nearestRoutes(routes: readonly RouteGroup[], request: Request): readonly Miss[] {
  const mismatches = mismatchFinder(request);
  const ranked = routes.flatMap((route) => {
    const reasons = mismatches(route);
    const effort = reasons.reduce((sum, reason) => sum + effortOf(reason, route, request), 0);
    return Number.isFinite(effort) ? [{ route, reasons, effort }] : [];
  });
  const sorted = ranked.toSorted((a, b) => a.effort - b.effort);
  const least = sorted[0]?.effort ?? 0;
  return sorted
    .slice(0, most)
    .filter(({ effort }) => effort <= least + 1)
    .map(({ route, reasons }) => ({ route, reasons }));
}

/** How many letters are to be changed, or so; infinite for what is no slip any more. */
function effortOf(reason: Mismatch, route: RouteGroup, { path }: Request): number {
  switch (reason.kind) {
    case "method":
      return 2;
    case "host":
      return 4;
    case "path":
      return pathEffort(route, path);
    default: {
      const { sent, condition } = reason;
      if (sent === undefined || condition.value === undefined) return 4;
      const changes = letters(condition.value, sent);
      // By this header calls of gRPC name the deployment: another name is another deployment.
      if (route.isGrpc && condition.name === "seldon" && !isSlip(changes, condition.value))
        return Number.POSITIVE_INFINITY;
      return 1 + Math.min(changes, 20);
    }
  }
}

function pathEffort({ prefix, isRegex }: RouteGroup, path: string): number {
  if (isRegex) return Number.POSITIVE_INFINITY;
  const depth = prefix.split("/").length - 1;
  const parts = path.split("/");
  // The part of the path that stands where the prefix should: a slash at its end counts as a letter.
  const head = parts.length > depth ? `${parts.slice(0, depth).join("/")}/` : path;
  const own = prefix.endsWith("/") ? head : head.slice(0, prefix.length);
  const changes = letters(prefix, own);
  return isSlip(changes, prefix) ? 1 + changes : Number.POSITIVE_INFINITY;
}

/** A third may differ. */
const isSlip = (changes: number, wanted: string): boolean =>
  changes <= Math.max(2, Math.floor(wanted.length / 3));

const letters = (a: string, b: string): number => distance(a.slice(0, longest), b.slice(0, longest));
