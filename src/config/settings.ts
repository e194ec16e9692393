/** apiVersions that the Mapping builder can write. */
export type MappingApiVersion = "getambassador.io/v2";

/** Where the configuration is written on the SeldonDeployment. */
export type Carrier = "metadata";

/** What the engine must know about the cluster's Seldon operator and Ambassador. Plain data, no I/O. */
export interface EngineSettings {
  readonly carrier: Carrier;
  readonly seldon: {
    /** The Seldon Core release that runs in the cluster, `major.minor`. */
    readonly operatorVersion: string;
    /** Whether the operator runs with AMBASSADOR_SINGLE_NAMESPACE=true: routes without the namespace too. */
    readonly singleNamespace: boolean;
    /** The operator's ENGINE_SERVER_PORT. */
    readonly httpPort: number;
    /** The operator's ENGINE_SERVER_GRPC_PORT. */
    readonly grpcPort: number;
  };
  readonly ambassador: {
    readonly apiVersion: MappingApiVersion;
  };
}

/** Defaults: Seldon Core 1.18 as its chart installs it, and the one apiVersion that every Ambassador reads. */
export const defaultEngineSettings: EngineSettings = {
  carrier: "metadata",
  seldon: { operatorVersion: "1.18", singleNamespace: false, httpPort: 8000, grpcPort: 5001 },
  ambassador: { apiVersion: "getambassador.io/v2" },
};
