import assert from "node:assert/strict";
import type { RoutedMapping } from "../../src/routes/effective.ts";
import { type RouteGroup, routeTable } from "../../src/routes/table.ts";

/** A custom Mapping `name`; the rest as it stands in its document. */
export const mapping = (name: string, fields: Record<string, unknown> = {}): RoutedMapping => ({
  owner: { namespace: "models", name },
  isCustom: true,
  source: ["metadata", "annotations", "seldon.io/ambassador-config"],
  fields: { kind: "Mapping", name, prefix: "/a/", service: `${name}.models:8000`, ...fields },
});

/** The only route that these Mappings make. */
export function onlyGroup(...mappings: readonly RoutedMapping[]): RouteGroup {
  const [group, ...others] = routeTable(mappings);
  assert.ok(group);
  assert.deepEqual(others, []);
  return group;
}

/** Who answers with what share: `{ main: 75, canary: 25 }`. */
export const splitOf = ({ split }: RouteGroup): Readonly<Record<string, number>> =>
  Object.fromEntries(split.map(({ mapping: { owner }, percent }) => [owner.name, percent]));
