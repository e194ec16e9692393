import type { Config } from "../../config/config.ts";
import { ConfigError } from "../../config/config-error.ts";
import { type ConfigSources, readSources } from "../../config/load.ts";
import {
  environmentPrefix,
  flagKeyOf,
  flagOf,
  negationOf,
  type Setting,
  settings,
} from "../../config/setting.ts";
import { policyFrom } from "../../policy-file/load.ts";
import type { SettingsFound } from "../facts.ts";
import { type Fetched, valueIn } from "../fetched.ts";
import type { Container, PodSpec } from "../kubernetes.ts";
import { noTasks, type OwnCertificates } from "../rights.ts";
import type { Ruling } from "../ruling.ts";

/** The data of a ConfigMap of the Deployment's namespace, by its name. */
export type ReadConfigMap = (name: string) => Promise<Fetched<Readonly<Record<string, string>>>>;

/** What the arguments of a container say, by commander's key. */
export function flagsIn(args: readonly string[]): Readonly<Record<string, unknown>> {
  const config = valueOfFlag("--config", args);
  const given = settings.map((setting) => [flagKeyOf(setting), givenIn(args, setting)] as const);
  return Object.fromEntries(
    [["config", config] as const, ...given].filter(([, value]) => value !== undefined),
  );
}

function givenIn(args: readonly string[], setting: Setting): unknown {
  const flag = flagOf(setting);
  if (setting.schema.type !== "boolean") return valueOfFlag(flag, args);
  const last = args.findLast((arg) => arg === flag || arg === negationOf(flag));
  return last === undefined ? undefined : last === flag;
}

/** The last one counts, as with commander: `--flag value` or `--flag=value`. */
function valueOfFlag(flag: string, args: readonly string[]): string | undefined {
  const index = args.findLastIndex((arg) => arg === flag || arg.startsWith(`${flag}=`));
  const arg = args[index];
  return arg === flag ? args[index + 1] : arg?.slice(flag.length + 1);
}

/** The container that serves. */
export const servingContainer = ({ containers }: PodSpec): Container | undefined =>
  containers.find(({ command = [], args = [] }) => [...command, ...args].includes("serve")) ?? containers[0];

/** Where a pod template is read. */
export interface Reading {
  readonly namespace: string;
  readonly readConfigMap: ReadConfigMap;
  /** What holds where the settings cannot be seen. */
  readonly fallback: Ruling;
}

/** Some of the settings, or the policy, cannot be seen. */
class Unseen extends Error {
  readonly what: readonly string[];

  constructor(what: readonly string[]) {
    super(what.join("; "));
    this.what = what;
  }
}

/**
 * The settings and the policy that a pod of this template runs with. Where some cannot be seen, those of `fallback`
 * stand in for all of them, and it is said why.
 */
export async function deployedSettings(spec: PodSpec, reading: Reading): Promise<SettingsFound> {
  try {
    return await visibleSettings(spec, reading);
  } catch (error) {
    const unseen =
      error instanceof Unseen
        ? error.what
        : error instanceof ConfigError && [error.message.replaceAll("\n", "; ")];
    if (!unseen) throw error;
    return { ...reading.fallback, source: "flags", unseen, tasks: noTasks };
  }
}

async function visibleSettings(spec: PodSpec, { namespace, readConfigMap }: Reading): Promise<SettingsFound> {
  const container = servingContainer(spec);
  const place = { spec, container, readConfigMap };
  const flags = flagsIn([...(container?.command ?? []), ...(container?.args ?? [])]);
  const { env, unseen } = environmentIn(container);
  const file = await fileAt(flags.config as string | undefined, place);
  const hidden = [...unseen, ...(file?.unseen ?? [])];
  if (hidden.length > 0) throw new Unseen(hidden);
  const sources = readSources({
    flags,
    env,
    ...(file && { file: file.path, readFile: () => file.text ?? "" }),
  });
  const { config, policy } = await withPolicy(sources, place);
  const tasks = {
    ownCertificates: ownCertificatesOf(config, namespace),
    writesEvents: config.audit.events,
    readsNamespaces: policy?.readsLabels === true,
  };
  return { engine: config.engine, policy, source: "deployment", unseen: [], tasks };
}

/** Together with what the policy file says, if they name one, as `serve` reads it. */
async function withPolicy(sources: ConfigSources, place: Place) {
  const file = await fileAt(sources.policyFile, place);
  if (file === undefined) return { config: sources.combine(), policy: undefined };
  if (file.text === undefined) throw new Unseen(file.unseen);
  const { config, index } = policyFrom(file.path, Buffer.from(file.text), sources);
  return { config, policy: index };
}

/** As `serve` takes `auto` in a pod. */
function ownCertificatesOf({ tls, server }: Config, namespace: string): OwnCertificates | undefined {
  const isOwn = tls.source === "self-managed" || (tls.source === "auto" && server.certDir === undefined);
  if (!isOwn) return undefined;
  const { secretName: secret, configurationName: configuration } = tls;
  return { namespace: tls.namespace ?? namespace, secret, configuration };
}

function environmentIn(container: Container | undefined): {
  readonly env: Record<string, string>;
  readonly unseen: readonly string[];
} {
  const own = (container?.env ?? []).filter(({ name }) => name.startsWith(environmentPrefix));
  const hidden = own
    .filter(({ valueFrom }) => valueFrom !== undefined)
    .map(({ name }) => `${name} comes from elsewhere`);
  const sources = container?.envFrom?.length ? ["its environment comes from elsewhere (envFrom)"] : [];
  return {
    env: Object.fromEntries(own.map(({ name, value = "" }) => [name, value])),
    unseen: [...hidden, ...sources],
  };
}

interface Place {
  readonly spec: PodSpec;
  readonly container: Container | undefined;
  readonly readConfigMap: ReadConfigMap;
}

interface File {
  readonly path: string;
  readonly text?: string;
  readonly unseen: readonly string[];
}

/** What a path is in the pod: a key of a ConfigMap that is mounted there. */
async function fileAt(
  path: string | undefined,
  { spec, container, readConfigMap }: Place,
): Promise<File | undefined> {
  if (path === undefined) return undefined;
  // Of mounts within mounts the innermost.
  const [mount] = (container?.volumeMounts ?? [])
    .filter(({ mountPath }) => path.startsWith(`${mountPath.replace(/\/$/, "")}/`))
    .toSorted((a, b) => b.mountPath.length - a.mountPath.length);
  const configMap = spec.volumes?.find(({ name }) => name === mount?.name)?.configMap;
  const hidden = (why: string): File => ({ path, unseen: [`${path}: ${why}`] });
  if (mount === undefined || configMap?.name === undefined) return hidden("it is no file of a ConfigMap");
  const inside = path.slice(mount.mountPath.replace(/\/$/, "").length + 1);
  const key = configMap.items?.find((item) => item.path === inside)?.key ?? inside;
  const text = valueIn(await readConfigMap(configMap.name))?.[key];
  return text === undefined
    ? hidden(`configmap ${configMap.name} cannot be read, or has no key ${key}`)
    : { path, text, unseen: [] };
}
