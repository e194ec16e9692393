import { matchingRoutes, type Request } from "../routes/explain.ts";
import { type Mismatch, mismatchFinder } from "../routes/mismatch.ts";
import type { RouteGroup, Share } from "../routes/table.ts";
import { nearestRoutes } from "./nearest-routes.ts";
import type { Ambassador } from "./served.ts";

/** One Mapping that may answer a request, or get a copy of it. */
export interface Part {
  readonly route: RouteGroup;
  readonly mapping: Share["mapping"];
  /** Of all such requests. */
  readonly percent: number;
  /** The path as it is sent on; undefined where a rule for rewriting cannot be followed here. */
  readonly path: string | undefined;
}

/** A route that a request does not take. */
export interface Miss {
  readonly route: RouteGroup;
  /** Empty: it asks for nothing that the request does not have, but nobody answers in it. */
  readonly reasons: readonly Mismatch[];
}

/** What becomes of a request at one Ambassador. */
export interface Explanation {
  readonly ambassador: Ambassador;
  readonly answers: readonly Part[];
  readonly copies: readonly Part[];
  /** Percent of such requests that get 404. */
  readonly lost: number;
  /** The routes that match, in the order in which they are tried. */
  readonly matched: readonly RouteGroup[];
  /** Routes of the same path that were tried before the last of them, and why they do not match. */
  readonly passed: readonly Miss[];
  /** Only where nobody answers: the routes that it takes least to reach. */
  readonly nearest: readonly Miss[];
}

/** More routes are not named: they are there to find a mistake. */
const mostMisses = 5;

/**
 * Follows a request. Envoy draws one number for a request and compares it with the thresholds of every route that
 * it tries, so what a later route answers begins where the earlier ones end; shares are not multiplied.
 */
export function explain(ambassador: Ambassador, request: Request): Explanation {
  const matched = matchingRoutes(ambassador.routes, request);
  const answers: Part[] = [];
  const copies: Part[] = [];
  let covered = 0;
  for (const route of matched) {
    const before = covered;
    let end = 0;
    for (const { mapping, percent } of route.split) {
      end += percent;
      const own = Math.min(end, 100) - Math.max(end - percent, covered);
      if (own > 0) answers.push({ route, mapping, percent: own, path: sentPath(mapping, route, request) });
    }
    covered = Math.max(covered, Math.min(end, 100));
    if (route.shadow && covered > before) {
      const { mapping, percent } = route.shadow;
      const path = sentPath(mapping, route, request);
      copies.push({ route, mapping, percent: ((covered - before) * percent) / 100, path });
    }
  }
  return {
    ambassador,
    answers,
    copies,
    lost: 100 - covered,
    matched,
    passed: passedBefore(ambassador.routes, matched, request),
    nearest: answers.length > 0 ? [] : nearestRoutes(ambassador.routes, request),
  };
}

function passedBefore(
  routes: readonly RouteGroup[],
  matched: readonly RouteGroup[],
  request: Request,
): readonly Miss[] {
  const last = matched.at(-1);
  if (last === undefined) return [];
  const names = new Set(matched.flatMap(({ headers }) => headers.map(({ name }) => name)));
  const mismatches = mismatchFinder(request);
  const misses: Miss[] = [];
  for (const route of routes.slice(0, routes.indexOf(last))) {
    if (matched.includes(route)) continue;
    const reasons = mismatches(route);
    if (reasons.every((reason) => isWorthNaming(reason, names))) misses.push({ route, reasons });
    if (misses.length === mostMisses) break;
  }
  return misses;
}

/** Another path is another subject, and so is a header that tells the answering deployment from all others. */
const isWorthNaming = (reason: Mismatch, names: ReadonlySet<string>): boolean =>
  reason.kind !== "path" && (reason.kind !== "header" || !names.has(reason.condition.name));

function sentPath(
  { fields }: Share["mapping"],
  { prefix, isRegex }: RouteGroup,
  { path }: Request,
): string | undefined {
  const rewrite = fields.rewrite ?? "/";
  if (fields.regex_rewrite !== undefined || typeof rewrite !== "string") return undefined;
  return isRegex || rewrite === "" ? path : `${rewrite}${path.slice(prefix.length)}`;
}
