import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { nearest } from "../diagnostics/nearest.ts";
import { apiVersionFor } from "../mapping/ambassador-version.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { conflicts } from "./conflicts.ts";
import { type OperatorSource, operatorClashes, withOperators } from "./operators.ts";
import { problemsOf, withoutIndex } from "./problems.ts";
import { schemaErrors } from "./schema.ts";
import {
  configPath,
  defaultOf,
  environmentOf,
  environmentPrefix,
  flagKeyOf,
  flagOf,
  type Setting,
  settings,
} from "./setting.ts";
import { type ConfigSource, contradictionsOf, lookUp } from "./source.ts";

type Tree = { [key: string]: unknown };

/** Where the configuration is looked for, the strongest first: flags, environment, file, defaults. */
export interface Sources {
  /** A configuration file, YAML or JSON. */
  readonly file?: string | undefined;
  /** Values by commander's key: `{ port: "8443" }`; other keys and undefined values are passed over. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads the file; from the disk unless given. */
  readonly readFile?: (file: string) => string;
}

/** Flags and variables are text: what looks like the setting's type becomes it, the schema judges the rest. */
function fromText({ schema }: Setting, value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (schema.type === "integer" && /^\d{1,9}$/.test(value)) return Number(value);
  if (schema.type === "array") return value.split(",").map((item) => item.trim());
  if (schema.type === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  const keys = [...path];
  const leaf = keys.pop() ?? "";
  let parent = tree;
  for (const key of keys) {
    parent[key] ??= {};
    parent = parent[key] as Tree;
  }
  parent[leaf] = value;
}

const textTree = (read: (setting: Setting) => unknown): Tree =>
  treeOf((setting) => fromText(setting, read(setting)));

function treeOf(read: (setting: Setting) => unknown): Tree {
  const tree: Tree = {};
  for (const setting of settings) {
    const value = read(setting);
    if (value !== undefined) put(tree, setting.path.split("."), value);
  }
  return tree;
}

const byPath = (name: (setting: Setting) => string) => {
  const names = new Map(settings.map((setting) => [setting.path, name(setting)]));
  return (path: string): string => names.get(withoutIndex(path)) ?? path;
};

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError([`${file}: cannot be read (${code === "ENOENT" ? "no such file" : code})`]);
  }
}

function fileSource(file: string, text: string): ConfigSource {
  const document = parseDocument(text);
  const mistakes = document.errors.map(({ code, message }) =>
    code === "MULTIPLE_DOCS"
      ? "holds more than one YAML document"
      : message.split("\n")[0]?.replace(/:$/, ""),
  );
  if (mistakes.length > 0) throw new ConfigError(mistakes.map((mistake) => `${file}: ${mistake}`));
  let values: unknown;
  try {
    values = document.toJS() ?? {};
  } catch (error) {
    // The parser refuses aliases that lead nowhere or multiply without bound.
    throw new ConfigError([`${file}: ${(error as Error).message}`]);
  }
  return { values: values as Tree, label: (path) => (path === "" ? file : `${file}: ${path}`) };
}

/** Variables that the kubelet sets for Services whose names begin with ours. */
const isServiceLink = (name: string, value: string): boolean =>
  /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/.test(name) ||
  /^(tcp|udp|sctp):\/\//.test(value);

function unknownVariables(env: Sources["env"]): string[] {
  const known = settings.map(environmentOf);
  return Object.entries(env)
    .filter(([name]) => name.startsWith(environmentPrefix) && !known.includes(name))
    .filter(([name, value]) => value !== undefined && !isServiceLink(name, value))
    .map(([name]) => {
      // Compared without the prefix, which would make every name look near to every other.
      const bare = (variable: string): string => variable.slice(environmentPrefix.length);
      const meant = nearest(bare(name), known.map(bare));
      const hint = meant === undefined ? "" : `; did you mean ${environmentPrefix}${meant}?`;
      return `${name}: unknown variable${hint}`;
    });
}

const problemsIn = ({ values, label }: ConfigSource): string[] =>
  problemsOf(schemaErrors(values)).map(({ path, text }) => `${label(path)}: ${text}`);

/** All sources but the policy, read and checked one by one. */
export interface ConfigSources {
  /** The policy file that they name, if any. */
  readonly policyFile: string | undefined;
  /**
   * Puts them together, with what a policy says of the engine's settings, and of those of single operators. Throws
   * ConfigError.
   */
  combine(policy?: ConfigSource, operators?: readonly OperatorSource[]): Config;
}

/** Reads all sources once, so that they can be combined with one policy after the other. Throws ConfigError. */
export function readSources({ file, flags = {}, env, readFile = readText }: Sources): ConfigSources {
  const sources: ConfigSource[] = [
    { values: textTree((setting) => flags[flagKeyOf(setting)]), label: byPath(flagOf) },
    { values: textTree((setting) => env[environmentOf(setting)]), label: byPath(environmentOf) },
    ...(file === undefined ? [] : [fileSource(file, readFile(file))]),
  ];
  const problems = [...sources.flatMap(problemsIn), ...unknownVariables(env)];
  if (problems.length > 0) throw new ConfigError(problems);
  const naming = sources.find(({ values }) => lookUp(values, "policy.file") !== undefined);
  return {
    // The schema has seen to it that it is text.
    policyFile: lookUp(naming?.values ?? {}, "policy.file") as string | undefined,
    combine(policy, operators = []) {
      const contradictions = policy === undefined ? [] : contradictionsOf(sources, policy);
      if (contradictions.length > 0) throw new ConfigError(contradictions);
      return combined(policy === undefined ? sources : [...sources, policy], operators);
    },
  };
}

/** The configuration from all sources, complete and checked. Throws ConfigError with every problem. */
export const loadConfig = (sources: Sources): Config => readSources(sources).combine();

function combined(sources: readonly ConfigSource[], operators: readonly OperatorSource[]): Config {
  const alone = configFrom(sources);
  const own = operators.map((source) => ({
    source,
    settings: configFrom([source, ...sources]).engine,
  }));
  const config = { ...alone, engine: withOperators(alone.engine, own) };
  const clashes = [
    ...[...conflicts(config)].map(
      ({ path, text }) => `${sourceOf(path, sources)?.label(path) ?? path}: ${text}`,
    ),
    ...own.flatMap(({ source, settings }) => operatorClashes(source, settings)),
  ];
  if (clashes.length > 0) throw new ConfigError(clashes);
  return config;
}

const sourceOf = (path: string, sources: readonly ConfigSource[]): ConfigSource | undefined =>
  sources.find(({ values }) => lookUp(values, path) !== undefined);

function configFrom(sources: readonly ConfigSource[]): Config {
  const given = (path: string): unknown => lookUp(sourceOf(path, sources)?.values ?? {}, path);
  return configWith((setting) => given(setting.path) ?? fallback(setting, given));
}

/** What holds for a setting that nobody gave. */
function fallback(setting: Setting, given: (path: string) => unknown): unknown {
  const version = given("ambassador.version");
  // The schema has seen to it that a version is text.
  return setting.path === "ambassador.apiVersion" && version !== undefined
    ? apiVersionFor(version as string)
    : defaultOf(setting);
}

function configWith(read: (setting: Setting) => unknown): Config {
  const tree: Tree = {};
  for (const setting of settings) put(tree, configPath(setting), read(setting));
  // The schema and the defaults together leave no other shape.
  return tree as unknown as Config;
}
