import { oneLine } from "../diagnostics/message.ts";
import { everyId } from "../mapping/custom-groups.ts";
import { everyHost } from "../mapping/host.ts";
import type { RoutedMapping } from "../routes/effective.ts";
import { queryConditions } from "../routes/mismatch.ts";
import type { HeaderCondition, RouteGroup } from "../routes/table.ts";
import { eras } from "../seldon/era.ts";
import type { Ambassador } from "./served.ts";

/** The prefixes by which generated routes tell gRPC from the rest. */
const grpcPrefixes = new Set(eras.map(({ grpc }) => grpc.prefix));

const identity = ["seldon", "namespace"];

/** `location: london`, `location matches lon.*`, `location present`. */
export const conditionWords = ({ name, value, isRegex }: HeaderCondition): string => {
  if (value === undefined) return `${name} present`;
  return isRegex ? `${name} matches ${value}` : `${name}: ${value}`;
};

/** Which requests a route takes: `/seldon/models/iris/` or `gRPC seldon=iris namespace=models`. */
export function routeName(group: RouteGroup): string {
  const host = group.host === everyHost ? "" : group.host;
  const path = `${host}${group.prefix}`;
  const shown = group.isRegex ? `regex ${path}` : path;
  if (!group.isGrpc) return oneLine(shown);
  const names = identityOf(group).map(({ name, value }) => `${name}=${value}`);
  const isUsual = names.length > 0 && grpcPrefixes.has(group.prefix);
  return oneLine(["gRPC", ...(isUsual ? [host].filter(Boolean) : [shown]), ...names].join(" "));
}

/** The headers by which a gRPC call names its deployment. */
const identityOf = ({ isGrpc, headers }: RouteGroup): readonly HeaderCondition[] =>
  isGrpc
    ? headers.filter(({ name, value, isRegex }) => identity.includes(name) && value !== undefined && !isRegex)
    : [];

/** What else a request must be for a route: headers, query, method; and precedence where it has one. */
export function routeConditions(group: RouteGroup): readonly string[] {
  const named = identityOf(group);
  const headers = group.headers.filter((condition) => !named.includes(condition));
  return [
    ...(group.method === undefined ? [] : [`method ${group.method}`]),
    ...headers.map((condition) => `header ${conditionWords(condition)}`),
    ...queryConditions(group).map((condition) => `query ${conditionWords(condition)}`),
    ...(group.precedence === 0 ? [] : [`precedence ${group.precedence}`]),
  ].map(oneLine);
}

/** A route on one line, with all that it asks for. */
export const routeTitle = (group: RouteGroup): string =>
  [routeName(group), ...routeConditions(group)].join(", ");

export const ownerOf = ({ owner }: RoutedMapping): string => oneLine(`${owner.namespace}/${owner.name}`);

export const serviceOf = ({ fields }: RoutedMapping): string => oneLine(String(fields.service));

/** `Ambassador blue of namespace models`. */
export const ambassadorTitle = ({ id, namespaces }: Ambassador): string => {
  const area =
    namespaces === undefined
      ? ""
      : ` of namespace${namespaces.length === 1 ? "" : "s"} ${namespaces.join(", ")}`;
  return oneLine(`${id === everyId ? "every Ambassador" : `Ambassador ${id}`}${area}`);
};

/** Percent with one decimal where it has any, and never 0 for something. */
export function percentWords(percent: number): string {
  if (percent > 0 && percent < 0.1) return "<0.1%";
  return `${Math.round(percent * 10) / 10}%`;
}
