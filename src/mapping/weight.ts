import type { Predictor, SeldonDeployment } from "../seldon/types.ts";

/** A predictor that answers requests; the others only receive copies. */
export const isLive = (predictor: Predictor): boolean => !predictor.shadow;

export const livePredictors = (deployment: SeldonDeployment): readonly Predictor[] =>
  deployment.spec.predictors.filter(isLive);

/**
 * The `weight` of a predictor's Mappings, in percent. Every part of a split carries its own, 0 included:
 * Ambassador gives a Mapping without one an equal share. For a shadow it is the share that is mirrored,
 * where unset and 0 mean everything, as Seldon's operator reads them.
 */
export function mappingWeight(deployment: SeldonDeployment, predictor: Predictor): number | undefined {
  if (!isLive(predictor)) return predictor.traffic || undefined;
  return isSplit(deployment) ? (predictor.traffic ?? 0) : undefined;
}

/** Whether requests are shared by several predictors. Stops at the second, as it is asked for each of them. */
function isSplit({ spec }: SeldonDeployment): boolean {
  const first = spec.predictors.findIndex(isLive);
  return spec.predictors.findIndex((predictor, index) => index > first && isLive(predictor)) > first;
}

/** Whether a traffic value is one that a weight can be made of. */
export const isPercentage = (traffic: number): boolean =>
  Number.isInteger(traffic) && traffic >= 0 && traffic <= 100;
