import { invalid, required } from "../../diagnostics/finding.ts";
import { isLive, isPercentage } from "../../mapping/weight.ts";
import type { Predictor } from "../../seldon/types.ts";
import type { ObjectRule } from "../rule.ts";

const maxListed = 5;

const share = ({ name, traffic }: Predictor): string => `${name} ${traffic ?? "unset"}`;

function shares(live: readonly Predictor[]): string {
  const listed = live.slice(0, maxListed).map(share).join(", ");
  return live.length > maxListed ? `${listed}, …` : listed;
}

const rule: ObjectRule = {
  id: "predictor-traffic-sum",
  topic: "traffic",
  severity: "error",
  reads: [],
  docs: {
    what: "The traffic of several live predictors totals 100.",
    why: "It becomes the weight of their Mappings: less leaves requests unrouted, more starves the last predictor.",
    fix: "Adjust spec.predictors[*].traffic to a total of 100; shadow predictors do not count.",
  },
  *check({ deployment }) {
    const { predictors } = deployment.spec;
    const live = predictors.filter(isLive);
    if (live.length < 2 || live.some(({ traffic }) => traffic !== undefined && !isPercentage(traffic)))
      return;
    const total = live.reduce((sum, { traffic }) => sum + (traffic ?? 0), 0);
    if (total === 100) return;
    const message = `the live predictors total ${total}, not 100 (${shares(live)})`;
    // A forgotten share is the likely culprit; else the last one, where a canary usually stands.
    const culprit = live.find(({ traffic }) => traffic === undefined) ?? live.at(-1);
    const path = ["spec", "predictors", predictors.indexOf(culprit as Predictor), "traffic"];
    yield culprit?.traffic === undefined ? required(path, message) : invalid(path, culprit.traffic, message);
  },
};

export default rule;
