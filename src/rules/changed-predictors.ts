import type { Subject } from "../mapping/subject.ts";
import type { CreatedService } from "../seldon/services.ts";
import type { RuleInput } from "./rule.ts";

export interface PredictorChanges {
  /** The Services of predictors that there were not before. */
  readonly added: readonly CreatedService[];
  /** Names of those that no predictor has any more. */
  readonly removed: readonly string[];
}

const predictorServices = ({ services }: Subject): ReadonlyMap<string, CreatedService> =>
  new Map(
    services.filter(({ kind }) => kind === "predictor").map((service) => [service.name, service] as const),
  );

/** Which predictors an update brings and takes, told by their Services; nothing on a creation. */
export function changedPredictors(input: RuleInput): PredictorChanges {
  const { previous } = input;
  if (previous === undefined) return { added: [], removed: [] };
  const [before, now] = [predictorServices(previous), predictorServices(input)];
  return {
    added: [...now.values()].filter(({ name }) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !now.has(name)),
  };
}
