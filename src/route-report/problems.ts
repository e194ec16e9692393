import { isDeepStrictEqual } from "node:util";
import { disagreements } from "../mapping/group.ts";
import { type RouteGroup, type Share, weightOf } from "../routes/table.ts";
import { eraOf } from "../seldon/era.ts";
import { type Ambassador, type Served, settingsOf } from "./served.ts";
import { ownerOf, percentWords, routeTitle } from "./words.ts";

/** What is wrong with a route, for programs. Values may be added, never renamed or removed. */
export type ProblemKind =
  | "shadows-only"
  | "remainder"
  | "surplus"
  | "second-shadow"
  | "several-owners"
  | "dropped";

export interface RouteProblem {
  readonly kind: ProblemKind;
  readonly message: string;
}

type Surroundings = Pick<Ambassador, "routes"> & Pick<Served, "settings" | "cluster">;

/** All that makes a route serve something else than its authors will have meant. */
export function problemsOf(group: RouteGroup, surroundings: Surroundings): readonly RouteProblem[] {
  return [
    ...shadowsOnly(group),
    ...remainder(group, surroundings),
    ...surplus(group),
    ...secondShadow(group),
    ...severalOwners(group, surroundings),
    ...dropped(group),
  ];
}

const shadowsOnly = ({ split }: RouteGroup): readonly RouteProblem[] =>
  split.length > 0
    ? []
    : [
        {
          kind: "shadows-only",
          message: "nobody answers on this route, so Ambassador does not make it and the shadow gets nothing",
        },
      ];

function remainder(group: RouteGroup, { routes }: Surroundings): readonly RouteProblem[] {
  if (group.remainder <= 0) return [];
  const next = nextRoute(group, routes);
  const left = percentWords(group.remainder);
  const message = next
    ? `nobody here answers ${left} of the requests; they go on to ${routeTitle(next)}`
    : `nobody answers ${left} of the requests; they get 404`;
  return [{ kind: "remainder", message }];
}

/** The first route after this one that takes all of its requests. */
export function nextRoute(group: RouteGroup, routes: readonly RouteGroup[]): RouteGroup | undefined {
  return routes.slice(routes.indexOf(group) + 1).find((other) => takesAllOf(group, other));
}

function takesAllOf(group: RouteGroup, other: RouteGroup): boolean {
  if (other.split.length === 0 || other.isRegex || group.isRegex) return false;
  if (!group.prefix.startsWith(other.prefix)) return false;
  if (other.host !== "*" && other.host !== group.host) return false;
  if (other.method !== undefined && other.method !== group.method) return false;
  return other.headers.every((wanted) => group.headers.some((header) => isDeepStrictEqual(header, wanted)));
}

function surplus({ split }: RouteGroup): readonly RouteProblem[] {
  const total = split.reduce((sum, { mapping }) => sum + (weightOf(mapping) ?? 0), 0);
  if (split.length < 2 || total <= 100) return [];
  return [{ kind: "surplus", message: `the weights total ${total}; what lies beyond 100 gets nothing` }];
}

const secondShadow = ({ shadow, refusedShadows }: RouteGroup): readonly RouteProblem[] =>
  refusedShadows.map((refused) => ({
    kind: "second-shadow",
    message: `a route has one shadow, here ${shadow ? ownerOf(shadow.mapping) : ""}; Ambassador refuses ${ownerOf(refused)}`,
  }));

function severalOwners({ split }: RouteGroup, known: Surroundings): readonly RouteProblem[] {
  const names = [...new Set(split.map(({ mapping }) => ownerOf(mapping)))];
  // In that era a canary is a deployment of its own.
  const isUsual = ({ mapping }: Share): boolean =>
    eraOf(settingsOf(mapping, known).seldon.operatorVersion).weightAnnotation !== undefined;
  if (names.length < 2 || split.every(isUsual)) return [];
  return [{ kind: "several-owners", message: `${names.join(" and ")} share the requests of one route` }];
}

const dropped = ({ split, shadow, dropped: mappings }: RouteGroup): readonly RouteProblem[] =>
  mappings.map((mapping) => {
    const first = (split[0] ?? shadow)?.mapping.fields ?? {};
    const fields = disagreements(first, mapping.fields).join(", ");
    return {
      kind: "dropped",
      message: `Ambassador drops ${ownerOf(mapping)} from this route: ${fields} must be as in the others`,
    };
  });
