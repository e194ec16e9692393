import type { Routing } from "../seldon/routing.ts";
import type { BuildInput } from "./build.ts";
import type { Conditions } from "./types.ts";

/** The conditions that the deployment's own annotations ask for, beside those in `identity`. */
export function ownConditions(
  { header, regexHeader }: Routing,
  identity: Readonly<Record<string, string>>,
): Conditions {
  const headers: Conditions["headers"] = header
    ? { ...identity, ...Object.fromEntries([[header.name, header.value ?? true]]) }
    : identity;
  const regexHeaders = regexHeader && Object.fromEntries([[regexHeader.name, regexHeader.value ?? ""]]);
  return conditionsOf(headers, regexHeaders);
}

/** Without fields for what is not asked for. */
function conditionsOf(
  headers: NonNullable<Conditions["headers"]>,
  regex: Conditions["regex_headers"],
): Conditions {
  const isEmpty = Object.keys(headers).length === 0;
  if (regex === undefined) return isEmpty ? {} : { headers };
  return isEmpty ? { regex_headers: regex } : { headers, regex_headers: regex };
}

/** The same for an attached shadow: those of the group that it joins. */
export const conditions = (
  { routing, joined }: BuildInput,
  identity: Readonly<Record<string, string>>,
): Conditions =>
  joined === undefined
    ? ownConditions(routing, identity)
    : conditionsOf({ ...identity, ...joined.headers.headers }, joined.headers.regex_headers);
