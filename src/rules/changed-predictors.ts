import type { Subject } from "../mapping/subject.ts";
import type { Predictor } from "../seldon/types.ts";
import type { RuleInput } from "./rule.ts";

export interface PredictorChanges {
  readonly added: readonly { readonly index: number; readonly predictor: Predictor }[];
  /** Names of those whose Service no predictor has any more. */
  readonly removed: readonly string[];
}

/** The Services of predictors, with the predictor's index. */
const predictorServices = ({ services }: Subject): ReadonlyMap<string, number> =>
  new Map(
    services.filter(({ kind }) => kind === "predictor").map(({ name, predictor }) => [name, predictor]),
  );

/** Which predictors an update brings and takes, told by their Services; nothing on a creation. */
export function changedPredictors(input: RuleInput): PredictorChanges {
  const { deployment, previous } = input;
  if (previous === undefined) return { added: [], removed: [] };
  const [before, now] = [predictorServices(previous), predictorServices(input)];
  const added = [...now].filter(([service]) => !before.has(service)).map(([, index]) => index);
  const removed = [...before].filter(([service]) => !now.has(service)).map(([, index]) => index);
  return {
    added: added.flatMap((index) => {
      const predictor = deployment.spec.predictors[index];
      return predictor ? [{ index, predictor }] : [];
    }),
    removed: removed.map((index) => previous.deployment.spec.predictors[index]?.name ?? ""),
  };
}
