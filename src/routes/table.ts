import { isMap } from "../mapping/custom.ts";
import { defaultId, everyId, ambassadorIds as idsOf } from "../mapping/custom-groups.ts";
import { disagreements, groupKey } from "../mapping/group.ts";
import { everyHost, hostOf } from "../mapping/host.ts";
import { answers, type RoutedMapping } from "./effective.ts";
import { queryConditions } from "./mismatch.ts";

/** A Mapping with its part of a group's requests, percent. */
export interface Share {
  readonly mapping: RoutedMapping;
  readonly percent: number;
}

/** One route of Ambassador: all Mappings that match the same requests, on one Ambassador. */
export interface RouteGroup {
  readonly ambassadorId: string;
  readonly key: string;
  readonly host: string;
  readonly method: string | undefined;
  readonly prefix: string;
  readonly isRegex: boolean;
  readonly isGrpc: boolean;
  readonly headers: readonly HeaderCondition[];
  readonly precedence: number;
  /** Those that answer, in the order of their weights' thresholds. */
  readonly split: readonly Share[];
  /** Share of the requests that nobody in the group answers: the next route does, or 404. */
  readonly remainder: number;
  /** The first shadow; Ambassador refuses any other. */
  readonly shadow: Share | undefined;
  readonly refusedShadows: readonly RoutedMapping[];
  /** Those that Ambassador drops because they do not agree with the first in what a group shares. */
  readonly dropped: readonly RoutedMapping[];
}

export interface HeaderCondition {
  readonly name: string;
  /** `undefined`: the header must be present. */
  readonly value: string | undefined;
  readonly isRegex: boolean;
}

/** The id of an Ambassador, and of a Mapping, that names none. */
export const defaultAmbassadorId = defaultId;

export const ambassadorIds = ({ fields }: RoutedMapping): readonly string[] => idsOf(fields);

/** Groups Mappings as Ambassador does, in the order in which it tries them. */
export function routeTable(mappings: Iterable<RoutedMapping>): readonly RouteGroup[] {
  const read = [...mappings].map((mapping) => ({
    mapping,
    key: groupKey(mapping.fields),
    ids: ambassadorIds(mapping),
  }));
  const ids = new Set(read.flatMap((each) => each.ids));
  // Every Ambassador reads a document of this id; it is one of its own only where no other is known.
  if (ids.size > 1) ids.delete(everyId);
  const groups = new Map<string, { id: string; key: string; members: RoutedMapping[] }>();
  for (const { mapping, key, ids: own } of read)
    for (const id of own.includes(everyId) ? ids : own) {
      const entry = groups.get(`${id} ${key}`) ?? { id, key, members: [] };
      entry.members.push(mapping);
      groups.set(`${id} ${key}`, entry);
    }
  return [...groups.values()]
    .map(({ id, key, members }) => groupOf(id, key, members))
    .sort(byAmbassadorsOrder);
}

function groupOf(ambassadorId: string, key: string, all: readonly RoutedMapping[]): RouteGroup {
  const fields = all[0]?.fields ?? {};
  const members = all.filter((mapping) => disagreements(fields, mapping.fields).length === 0);
  const shadows = members.filter((mapping) => !answers(mapping));
  const split = shares(members.filter(answers));
  const [shadow, ...refusedShadows] = shadows;
  return {
    ambassadorId,
    key,
    host: text(hostOf(fields)) ?? everyHost,
    method: text(fields.method),
    prefix: text(fields.prefix) ?? "",
    isRegex: fields.prefix_regex === true,
    isGrpc: fields.grpc === true,
    headers: conditions(fields),
    precedence: typeof fields.precedence === "number" ? fields.precedence : 0,
    split,
    remainder:
      split.length === 0 ? 0 : Math.max(0, 100 - split.reduce((sum, { percent }) => sum + percent, 0)),
    shadow: shadow && { mapping: shadow, percent: weightOf(shadow) ?? 100 },
    refusedShadows,
    dropped: all.filter((mapping) => !members.includes(mapping)),
  };
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

export const weightOf = ({ fields }: RoutedMapping): number | undefined =>
  typeof fields.weight === "number" ? fields.weight : undefined;

/**
 * Weights are thresholds in order, never normalised: what lies beyond 100 gets nothing. Mappings without one
 * share equally what the others leave; one Mapping alone gets everything.
 */
function shares(members: readonly RoutedMapping[]): readonly Share[] {
  const [only, ...others] = members;
  if (only && others.length === 0) return [{ mapping: only, percent: 100 }];
  const weighted = members.reduce((sum, mapping) => sum + (weightOf(mapping) ?? 0), 0);
  const unweighted = members.filter((mapping) => weightOf(mapping) === undefined).length;
  const each = unweighted === 0 ? 0 : Math.max(0, 100 - weighted) / unweighted;
  let taken = 0;
  return members.map((mapping) => {
    const percent = Math.max(0, Math.min(weightOf(mapping) ?? each, 100 - taken));
    taken += percent;
    return { mapping, percent };
  });
}

function conditions(fields: RoutedMapping["fields"]): readonly HeaderCondition[] {
  const exact = Object.entries(isMap(fields.headers) ? fields.headers : {});
  const regex = Object.entries(isMap(fields.regex_headers) ? fields.regex_headers : {});
  return [
    ...exact.map(([name, value]) => ({ name, value: text(value), isRegex: false })),
    ...regex.map(([name, value]) =>
      value === ".*"
        ? { name, value: undefined, isRegex: false }
        : { name, value: text(value), isRegex: true },
    ),
  ];
}

/** Presence counts as an asterisk, an expression as one more, host and method as headers. */
function headerLength({ headers, host, method }: RouteGroup): number {
  const pseudo = [
    ...(host === "*" ? [] : [`:authority${host}`]),
    ...(method === undefined ? [] : [`:method${method}`]),
  ];
  return (
    headers.reduce(
      (sum, { name, value, isRegex }) => sum + name.length + (value?.length ?? 1) + Number(isRegex),
      0,
    ) + pseudo.join("").length
  );
}

const queryLength = (group: RouteGroup): number =>
  queryConditions(group).reduce((sum, { name, value }) => sum + name.length + (value?.length ?? 1), 0);

/**
 * Precedence, then the length of the prefix, of the headers and of the query, then the prefix from the end of the
 * alphabet (`_route_weight` in emissary's irhttpmapping.py); the rest keeps the output stable.
 */
function byAmbassadorsOrder(a: RouteGroup, b: RouteGroup): number {
  return (
    b.precedence - a.precedence ||
    b.prefix.length - a.prefix.length ||
    headerLength(b) - headerLength(a) ||
    queryLength(b) - queryLength(a) ||
    compare(b.prefix, a.prefix) ||
    compare(a.key, b.key) ||
    compare(a.ambassadorId, b.ambassadorId)
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
