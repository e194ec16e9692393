import type { RouteGroup } from "../routes/table.ts";
import type { Served } from "./served.ts";

/** What of a table is wanted; left out: everything. */
export interface Selection {
  readonly namespace: string | undefined;
  readonly ambassadorId: string | undefined;
}

/** All Mappings of a route, served or not. */
export const mappingsOf = ({ split, shadow, refusedShadows, dropped }: RouteGroup) => [
  ...split.map(({ mapping }) => mapping),
  ...(shadow ? [shadow.mapping] : []),
  ...refusedShadows,
  ...dropped,
];

/** Leaves the rest out of what is shown. It stays known: requests go on to it. */
export function select(served: Served, { namespace, ambassadorId }: Selection): Served {
  const isWanted = (route: RouteGroup): boolean =>
    namespace === undefined || mappingsOf(route).some(({ owner }) => owner.namespace === namespace);
  const ambassadors = served.ambassadors
    .filter(({ id }) => ambassadorId === undefined || id === ambassadorId)
    .map((ambassador) => ({ ...ambassador, shown: ambassador.shown.filter(isWanted) }))
    .filter(({ shown }) => shown.length > 0);
  return { ...served, ambassadors };
}
