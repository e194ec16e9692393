import type { RouteGroup } from "../routes/table.ts";
import { readyPath } from "./destination.ts";
import type { Served } from "./served.ts";

const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** A call that a route takes to a model, for a shell in which $AMBASSADOR is the address; undefined for gRPC. */
export function curlOf(group: RouteGroup, served: Pick<Served, "cluster" | "settings">): string | undefined {
  const path = readyPath(group, served);
  if (path === undefined) return undefined;
  const headers = group.headers.map(({ name, value, isRegex }) =>
    isRegex || value === undefined ? `${name}: …` : `${name}: ${value}`,
  );
  return [
    "curl",
    ...(group.method === undefined || group.method === "POST" ? [] : ["-X", quoted(group.method)]),
    `$AMBASSADOR${quoted(path)}`,
    ...(group.host === "*" ? [] : [`Host: ${group.host.replace("*", "…")}`])
      .concat(headers)
      .map((header) => `-H ${quoted(header)}`),
    "-H 'Content-Type: application/json' -d @request.json",
  ].join(" ");
}
