import type { Era } from "./era.ts";
import type { Predictor, SeldonDeployment } from "./types.ts";

/** What a client asks a deployment for: a prediction of the predictor, or its explainer's explanation. */
export type Purpose = "predict" | "explain";

/**
 * The path of a REST request behind a route's prefix, by the deployment's protocol. Undefined for a protocol that
 * is not known here, and where the path names a model and the graph has none.
 * Sources: doc/source/graph/protocols.md and doc/source/analytics/explainers.md of Seldon Core 1.18.
 */
export function requestPath(
  { spec }: SeldonDeployment,
  predictor: Predictor,
  purpose: Purpose,
  era: Era,
): string | undefined {
  const protocol = spec.protocol ?? "seldon";
  if (protocol === "seldon")
    return purpose === "predict" ? era.predictionPath : era.predictionPath.replace(/predictions$/, "explain");
  const model = predictor.units[0]?.name;
  return model ? modelPaths.get(protocol)?.[purpose](encodeURIComponent(model)) : undefined;
}

const infer = (model: string): string => `v2/models/${model}/infer`;

/** The paths of the protocols in which a request names the model: the root of the graph. */
const modelPaths: ReadonlyMap<string, Readonly<Record<Purpose, (model: string) => string>>> = new Map([
  [
    "tensorflow",
    {
      predict: (model: string) => `v1/models/${model}:predict`,
      explain: (model: string) => `v1/models/${model}:explain`,
    },
  ],
  ["kfserving", { predict: infer, explain: (model: string) => `v2/models/${model}/explain` }],
  // Its explainers are models of the protocol themselves.
  ["v2", { predict: infer, explain: infer }],
]);
