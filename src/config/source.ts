import { isDeepStrictEqual } from "node:util";
import { settings } from "./setting.ts";

/** Settings that one source gives, in the form of the configuration file. */
export interface ConfigSource {
  readonly values: { readonly [key: string]: unknown };
  /** Names the place of a setting in this source. */
  readonly label: (path: string) => string;
}

/** The value at a path such as `server.port`; undefined where there is none. */
export function lookUp(tree: ConfigSource["values"], path: string): unknown {
  let value: unknown = tree;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as ConfigSource["values"])[key];
  }
  return value;
}

/** Who is right cannot be told where the policy and another source say different things. */
export function contradictionsOf(sources: readonly ConfigSource[], policy: ConfigSource): string[] {
  return settings.flatMap(({ path }) => {
    const wanted = lookUp(policy.values, path);
    const other = sources.find(({ values }) => lookUp(values, path) !== undefined);
    if (wanted === undefined || other === undefined) return [];
    const said = lookUp(other.values, path);
    if (isDeepStrictEqual(wanted, said)) return [];
    return [`${policy.label(path)}: contradicts ${other.label(path)}, which is ${JSON.stringify(said)}`];
  });
}
