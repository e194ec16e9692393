/** apiVersions that the Mapping builder can write. */
export type MappingApiVersion = "getambassador.io/v2" | "getambassador.io/v3alpha1" | "ambassador/v1";

/** Where the configuration is written on the SeldonDeployment. */
export type Carrier = "metadata" | "spec" | "predictor" | "none";

/** How the operator is set: ambassador.enabled with ambassador.version v1 or v2, or not enabled. */
export type OperatorMode = "v1" | "v2" | "disabled";

/** What the engine must know about the cluster's Seldon operator and Ambassador. Plain data, no I/O. */
export interface EngineSettings {
  readonly carrier: Carrier;
  /** Silences Ambassador's "already defined" about the copies of the text on all Services but the first's. */
  readonly suppressDuplicates: boolean;
  readonly seldon: {
    /** The Seldon Core release that runs in the cluster, `major.minor`. */
    readonly operatorVersion: string;
    readonly ambassador: OperatorMode;
    /** Whether the operator runs with AMBASSADOR_SINGLE_NAMESPACE=true: routes without the namespace too. */
    readonly singleNamespace: boolean;
    /** Namespaces that one Ambassador watches together; routes without the namespace clash across them. */
    readonly namespaces: readonly string[];
    /** The operator's ENGINE_SERVER_PORT. */
    readonly httpPort: number;
    /** The operator's ENGINE_SERVER_GRPC_PORT. */
    readonly grpcPort: number;
  };
  readonly ambassador: {
    readonly apiVersion: MappingApiVersion;
    /** The Ambassador release that reads the configuration; undefined: any. */
    readonly version: string | undefined;
    /** The host that generated Mappings answer: exact, or a glob with one asterisk at an end; `*` is every host. */
    readonly hostname: string;
    /** Whether gRPC gets Mappings of its own. */
    readonly grpc: boolean;
  };
  /** How the deletion of a deployment that others are attached to is answered. */
  readonly deletionSeverity: "warning" | "error";
  readonly customConfig: {
    /** Rewrite the apiVersion of outdated custom documents to a working one. */
    readonly upgrade: boolean;
  };
  /** The settings of each operator, these among them; absent where there is but one. */
  readonly operators?: OperatorSettings | undefined;
}

/** Where several operators share a cluster: whose settings hold for which objects. */
export interface OperatorSettings {
  /** Those of the operator that takes what is not of one below. */
  readonly general: EngineSettings;
  /** By `CONTROLLER_ID`: operators that take objects of all namespaces but those below. */
  readonly byId: ReadonlyMap<string, EngineSettings>;
  /** By namespace, and in it by `CONTROLLER_ID`, empty where it has none: operators that watch a single one. */
  readonly byNamespace: ReadonlyMap<string, ReadonlyMap<string, EngineSettings>>;
}

/** What tells the operator that takes an object. */
export interface Taken {
  readonly namespace: string;
  /** The label seldon.io/controller-id; an empty one is none. */
  readonly controllerId: string | undefined;
}

/** The settings of the listed operator that takes an object. */
function listedFor({ byId, byNamespace }: OperatorSettings, { namespace, controllerId = "" }: Taken) {
  const housed = byNamespace.get(namespace);
  return housed === undefined ? byId.get(controllerId) : housed.get(controllerId);
}

/** The settings that hold for an object: those of the operator that takes it, or else the general ones. */
export const settingsFor = (settings: EngineSettings, taken: Taken): EngineSettings =>
  settings.operators === undefined
    ? settings
    : (listedFor(settings.operators, taken) ?? settings.operators.general);

/** Whether some operator takes an object, as far as is known: without a list, one takes them all. */
export function isTaken({ operators }: EngineSettings, taken: Taken): boolean {
  if (operators === undefined || listedFor(operators, taken) !== undefined) return true;
  return !taken.controllerId && !operators.byNamespace.has(taken.namespace);
}

/** All settings that hold for some object. */
export const allSettings = (settings: EngineSettings): readonly EngineSettings[] => {
  const { operators } = settings;
  if (operators === undefined) return [settings];
  const housed = [...operators.byNamespace.values()].flatMap((byId) => [...byId.values()]);
  return [operators.general, ...new Set([...operators.byId.values(), ...housed])];
};

/** Defaults: Seldon Core 1.18 as its chart installs it, and the one apiVersion that every Ambassador reads. */
export const defaultEngineSettings: EngineSettings = {
  carrier: "metadata",
  suppressDuplicates: false,
  seldon: {
    operatorVersion: "1.18",
    ambassador: "v1",
    singleNamespace: false,
    namespaces: [],
    httpPort: 8000,
    grpcPort: 5001,
  },
  ambassador: { apiVersion: "getambassador.io/v2", version: undefined, hostname: "*", grpc: true },
  deletionSeverity: "warning",
  customConfig: { upgrade: false },
};
