/** JSON as a client sends it. */
// biome-ignore lint/suspicious/noExplicitAny: tests change raw objects at any depth
export type Json = Record<string, any>;

export interface PredictorFields {
  readonly name: string;
  readonly traffic?: number | undefined;
  readonly shadow?: boolean;
  readonly svcName?: string | undefined;
  readonly noEngine?: string | undefined;
  readonly container?: { name: string; http?: number | undefined; grpc?: number | undefined } | undefined;
  readonly explainer?: Json | undefined;
  readonly certSecretName?: string | undefined;
}

export interface DeploymentFields {
  readonly name?: string;
  readonly namespace?: string;
  readonly apiVersion?: string;
  /** metadata.annotations */
  readonly annotations?: Json;
  /** spec.annotations */
  readonly inSpec?: Json;
  readonly predictors?: readonly PredictorFields[];
}

const given = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const some = (fields: Json): Json | undefined => (Object.keys(fields).length === 0 ? undefined : fields);

const portsOf = (ports: Json): Json[] =>
  Object.entries(given(ports)).map(([name, containerPort]) => ({ name, containerPort }));

const predictorOf = (fields: PredictorFields): Json =>
  given({
    name: fields.name,
    traffic: fields.traffic,
    shadow: fields.shadow,
    annotations: some(
      given({ "seldon.io/svc-name": fields.svcName, "seldon.io/no-engine": fields.noEngine }),
    ),
    graph: { name: "model", type: "MODEL", endpoint: { type: "REST" }, children: [] },
    componentSpecs: fields.container && [
      {
        spec: {
          containers: [
            {
              name: fields.container.name,
              image: "example/model:1",
              ports: portsOf({ http: fields.container.http, grpc: fields.container.grpc }),
            },
          ],
        },
      },
    ],
    explainer: fields.explainer,
    ssl: fields.certSecretName === undefined ? undefined : { certSecretName: fields.certSecretName },
    replicas: 1,
  });

/** A raw SeldonDeployment; what is left out is left out of it too, save for names and one predictor. */
export const deploymentOf = (fields: DeploymentFields = {}): Json => ({
  apiVersion: `machinelearning.seldon.io/${fields.apiVersion ?? "v1"}`,
  kind: "SeldonDeployment",
  metadata: given({
    name: fields.name ?? "iris",
    namespace: fields.namespace ?? "models",
    annotations: fields.annotations && some(fields.annotations),
    labels: { team: "botany" },
  }),
  spec: given({
    annotations: fields.inSpec && some(fields.inSpec),
    predictors: (fields.predictors ?? [{ name: "default" }]).map(predictorOf),
    protocol: "seldon",
  }),
});
