import { defaultConfig } from "./config.ts";
import { flag, oneOf, port, type Setting, version } from "./form.ts";
import { processSettings } from "./process-settings.ts";

export type { Setting } from "./form.ts";

export type SettingValue = string | number | boolean | readonly string[] | undefined;

/** A DNS name, or a glob as Envoy's virtual hosts know it: with one asterisk, at an end. */
const hostPattern = "^(\\*|[a-z0-9.-]*[a-z0-9]|\\*[a-z0-9.-]*[a-z0-9]|[a-z0-9][a-z0-9.-]*\\*)$";

/** Every setting, in the order of the documentation. */
export const settings: readonly Setting[] = [
  {
    path: "carrier",
    description:
      "where the configuration is written on a SeldonDeployment; with spec and predictor a changed text restarts its pods",
    ...oneOf("metadata", "spec", "predictor", "none"),
  },
  {
    path: "suppressDuplicates",
    description:
      'silence Ambassador\'s "already defined" by an empty text on all predictors but the first (carriers metadata and spec)',
    ...flag,
  },
  {
    path: "seldon.operatorVersion",
    description: "release of the Seldon Core operator that runs in the cluster",
    ...version("1.18"),
  },
  {
    path: "seldon.ambassador",
    description: "how the operator is set: ambassador.enabled with ambassador.version v1 or v2, or disabled",
    ...oneOf("v1", "v2", "disabled"),
  },
  {
    path: "seldon.singleNamespace",
    description: "the operator runs with AMBASSADOR_SINGLE_NAMESPACE=true",
    ...flag,
  },
  {
    path: "seldon.namespaces",
    description: "namespaces that one Ambassador watches together",
    schema: {
      type: "array",
      uniqueItems: true,
      items: { type: "string", maxLength: 63, pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$" },
    },
    form: "a list of namespaces, each once",
  },
  {
    path: "seldon.httpPort",
    description: "the operator's ENGINE_SERVER_PORT",
    schema: { ...port, minimum: 1 },
    form: "a port number, 1 to 65535",
  },
  {
    path: "seldon.grpcPort",
    description: "the operator's ENGINE_SERVER_GRPC_PORT",
    schema: { ...port, minimum: 1 },
    form: "a port number, 1 to 65535",
  },
  {
    path: "ambassador.apiVersion",
    description: "apiVersion of the Mappings that are written; ambassador.version, when set, chooses it",
    ...oneOf("getambassador.io/v2", "getambassador.io/v3alpha1", "ambassador/v1"),
  },
  {
    path: "ambassador.version",
    description: "release of Ambassador that reads the configuration; unset: any",
    ...version("3.9"),
  },
  {
    path: "ambassador.hostname",
    description:
      "host of the requests that generated Mappings answer, in `hostname` or `host` as the apiVersion has it; `*`: every host",
    schema: { type: "string", maxLength: 253, pattern: hostPattern },
    form: "a DNS name in lower case, or one with an asterisk in place of its first or last letters",
  },
  {
    path: "ambassador.grpc",
    description: "write Mappings for gRPC",
    ...flag,
  },
  {
    path: "deletionSeverity",
    description: "how the deletion of a deployment that others are attached to is answered",
    ...oneOf("warning", "error"),
  },
  {
    path: "customConfig.upgrade",
    description:
      "rewrite the apiVersion of custom documents that today's Ambassador does not read; in spec that restarts pods once",
    ...flag,
  },
  ...processSettings,
];

const words = (path: string): string[] => path.split(/\.|(?=[A-Z])/).map((word) => word.toLowerCase());

/**
 * The flag: `--seldon-operator-version`; `--port` and `--kubeconfig` are known without their section's name, and
 * `--policy` without more than it.
 */
export const flagOf = ({ path }: Setting): string =>
  `--${words(path.replace(/^(server\.|cluster\.(?=kubeconfig$))|\.file$/, "")).join("-")}`;

/** The flag that says no: `--no-ambassador-grpc`. */
export const negationOf = (flag: string): string => flag.replace("--", "--no-");

/** The key under which commander hands the flag's value over: `seldonOperatorVersion`. */
export const flagKeyOf = (setting: Setting): string =>
  flagOf(setting)
    .slice(2)
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Every variable of this program begins so. */
export const environmentPrefix = "SELDON_AMBASSADOR_WEBHOOK_";

/**
 * The environment variable: `SELDON_AMBASSADOR_WEBHOOK_SERVER_PORT`. It keeps the section's name: the kubelet
 * sets `SELDON_AMBASSADOR_WEBHOOK_PORT=tcp://…` in every pod that lives beside a Service of our own name.
 */
export const environmentOf = ({ path }: Setting): string =>
  `${environmentPrefix}${words(path).join("_").toUpperCase()}`;

/** Whether it says what the engine must know, and not how the process runs. */
export const isOfEngine = ({ path }: Pick<Setting, "path">): boolean =>
  !/^((server|tls|cluster|audit|policy|log)\.|reconcile)/.test(path);

/** Where the setting sits in a `Config`: what the engine needs is one part of it. */
export const configPath = ({ path }: Pick<Setting, "path">): readonly string[] =>
  (isOfEngine({ path }) ? `engine.${path}` : path).split(".");

/** The value that holds where nobody sets it. */
export const defaultOf = (setting: Setting): SettingValue =>
  configPath(setting).reduce<unknown>(
    (value, key) => (value as Record<string, unknown>)[key],
    defaultConfig,
  ) as SettingValue;

/** The flag that changes something, for help and documentation. */
export const shownFlagOf = (setting: Setting): string =>
  defaultOf(setting) === true ? negationOf(flagOf(setting)) : flagOf(setting);
