import type { PredictiveUnit, Predictor, SeldonDeployment } from "./types.ts";

export const noEngineAnnotation = "seldon.io/no-engine";

export interface Ports {
  readonly http: number;
  readonly grpc: number;
}

/** The operator's first ports for graph nodes that name none (operator/constants at v1.18.2). */
const firstHttpPort = 9000;
const firstGrpcPort = 9500;
const defaultExplainerPort = 9000;

const builtIn = new Set([
  "SIMPLE_MODEL",
  "SIMPLE_ROUTER",
  "RANDOM_ABTEST",
  "AVERAGE_COMBINER",
  "UNKNOWN_IMPLEMENTATION",
]);

/** Whether the operator adds a model server's container for this node by itself. */
export const isPrepackaged = (unit: PredictiveUnit): boolean =>
  unit.implementation !== undefined && unit.implementation !== "" && !builtIn.has(unit.implementation);

/** Whether requests go straight to the model's container. Any spelling of "true" counts for the operator. */
export const isNoEngine = (predictor: Predictor): boolean =>
  predictor.annotations.get(noEngineAnnotation)?.toLowerCase() === "true";

export const explainerPort = (predictor: Predictor): number =>
  predictor.explainer?.servicePort ?? defaultExplainerPort;

/**
 * The ports of each predictor's Service, in order. Without an engine they are those of the model's container,
 * numbered by distinct name over all predictors where it declares none.
 */
export function predictorPorts(deployment: SeldonDeployment, engine: Ports): readonly Ports[] {
  const numbers = new Map<string, number>();
  const numberOf = (name: string): number => {
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  };
  return deployment.spec.predictors.map((predictor) => {
    for (const container of predictor.containers) numberOf(container.name);
    for (const unit of predictor.units) if (isPrepackaged(unit)) numberOf(unit.name);
    if (!isNoEngine(predictor)) return engine;
    const model = predictor.units[0]?.name;
    const container = predictor.containers.find(({ name }) => name === model);
    const offset = model === undefined ? 0 : (numbers.get(model) ?? 0);
    return {
      http: container?.ports.get("http") ?? firstHttpPort + offset,
      grpc: container?.ports.get("grpc") ?? firstGrpcPort + offset,
    };
  });
}
