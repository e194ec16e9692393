import { defaultConfig } from "./config.ts";

export type SettingValue = string | number | boolean | readonly string[] | undefined;

/** One setting: all that its flag, environment variable, schema and documentation are made from. */
export interface Setting {
  /** Where it sits in the configuration file: `server.port`. */
  readonly path: string;
  /** What it means, for `--help` and the README. */
  readonly description: string;
  /** JSON schema of the value. */
  readonly schema: {
    readonly type: "string" | "integer" | "boolean" | "array";
    readonly [keyword: string]: unknown;
  };
  /** What the schema demands, in words: completes "must be …". */
  readonly form: string;
}

const port = { type: "integer", minimum: 0, maximum: 65535 } as const;
const seconds = { type: "integer", minimum: 0, maximum: 600 } as const;
const flag = { schema: { type: "boolean" }, form: "true or false" } as const;
const version = (example: string): Pick<Setting, "schema" | "form"> => ({
  schema: { type: "string", pattern: "^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(\\.(0|[1-9]\\d*))?$" },
  form: `a version in quotes, such as "${example}": without quotes YAML reads 1.10 as the number 1.1`,
});
const portForm = "a port number, 0 to 65535";
const secondsForm = "a whole number of seconds, 0 to 600";

const oneOf = (...values: string[]): Pick<Setting, "schema" | "form"> => ({
  schema: { type: "string", enum: values },
  form: values.length === 1 ? `"${values[0]}"` : `one of ${values.map((value) => `"${value}"`).join(", ")}`,
});

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
  {
    path: "server.host",
    description: "address to listen on; empty: every interface",
    schema: { type: "string", maxLength: 253 },
    form: "a host name or an IP address",
  },
  {
    path: "server.port",
    description: "TLS port of /mutate and /validate; 0: a free one",
    schema: port,
    form: portForm,
  },
  {
    path: "server.metricsPort",
    description: "plain HTTP port of /metrics; 0: a free one",
    schema: port,
    form: portForm,
  },
  {
    path: "server.certDir",
    description: "folder with tls.crt and tls.key; a local pair is made there if it has none",
    schema: { type: "string", minLength: 1 },
    form: "the path of a folder",
  },
  {
    path: "server.drainSeconds",
    description: "how long calls are accepted after a stop signal, while /readyz already fails",
    schema: seconds,
    form: secondsForm,
  },
  {
    path: "server.graceSeconds",
    description: "how long calls in flight may take after that",
    schema: seconds,
    form: secondsForm,
  },
  {
    path: "cluster.kubeconfig",
    description: "kubeconfig whose cluster is followed; unset: the cluster around the pod, if there is one",
    schema: { type: "string", minLength: 1 },
    form: "the path of a file",
  },
  {
    path: "cluster.staleSeconds",
    description: "silence of the API server after which /readyz fails and its view is not used",
    schema: { type: "integer", minimum: 120, maximum: 3600 },
    form: "a whole number of seconds, 120 to 3600",
  },
  {
    path: "cluster.relistSeconds",
    description: "time between two full lists, which repair what a watch has missed",
    schema: { type: "integer", minimum: 30, maximum: 86400 },
    form: "a whole number of seconds, 30 to 86400",
  },
  {
    path: "log.level",
    description: "least important log lines that are written",
    ...oneOf("debug", "info", "warn", "error", "silent"),
  },
];

const words = (path: string): string[] => path.split(/\.|(?=[A-Z])/).map((word) => word.toLowerCase());

/** The flag: `--seldon-operator-version`; `--port` and `--kubeconfig` are known without their section's name. */
export const flagOf = ({ path }: Setting): string =>
  `--${words(path.replace(/^(server\.|cluster\.(?=kubeconfig$))/, "")).join("-")}`;

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

/** Where the setting sits in a `Config`: what the engine needs is one part of it. */
export const configPath = ({ path }: Pick<Setting, "path">): readonly string[] =>
  (/^(server|cluster|log)\./.test(path) ? path : `engine.${path}`).split(".");

/** The value that holds where nobody sets it. */
export const defaultOf = (setting: Setting): SettingValue =>
  configPath(setting).reduce<unknown>(
    (value, key) => (value as Record<string, unknown>)[key],
    defaultConfig,
  ) as SettingValue;
