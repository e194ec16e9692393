import type { Predictor } from "../seldon/types.ts";
import type { RuleInput } from "./rule.ts";

export interface PredictorChanges {
  readonly added: readonly { readonly index: number; readonly predictor: Predictor }[];
  /** Names that no predictor has any more. */
  readonly removed: readonly string[];
}

/** Which predictors an update brings and takes; nothing on a creation. */
export function changedPredictors({ deployment, previous }: RuleInput): PredictorChanges {
  if (previous === undefined) return { added: [], removed: [] };
  const before = new Set(previous.deployment.spec.predictors.map(({ name }) => name));
  const now = new Set(deployment.spec.predictors.map(({ name }) => name));
  return {
    added: [...deployment.spec.predictors.entries()]
      .filter(([, { name }]) => name !== "" && !before.has(name))
      .map(([index, predictor]) => ({ index, predictor })),
    removed: [...before].filter((name) => name !== "" && !now.has(name)),
  };
}
