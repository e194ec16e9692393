import { type Finding, invalid } from "../../diagnostics/finding.ts";
import {
  type CustomGroup,
  customGroups,
  hasSoundWeights,
  isAllCustom,
  totalWeight,
  weightList,
} from "../custom-groups.ts";
import type { ObjectRule } from "../rule.ts";

function judge({ mains }: CustomGroup, isComplete: boolean): readonly Finding[] {
  const last = mains.at(-1);
  if (last === undefined || !hasSoundWeights(mains)) return [];
  const total = totalWeight(mains);
  if (total > 100)
    return [
      invalid(last.path, total, `weights of one group total ${total}, over 100 (${weightList(mains)})`),
    ];
  const isShared = mains.some(({ fields }) => fields.weight === undefined);
  // A Mapping alone gets everything, whatever its weight; custom-config-single-weight knows who differs.
  if (!isComplete || isShared || mains.length < 2 || total === 100) return [];
  const message = `${last.label}: the group totals ${total}, ${100 - total}% may get 404`;
  return [invalid(last.path, total, message, { severity: "warning" })];
}

const rule: ObjectRule = {
  id: "custom-config-weight-sum",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "The weights of custom Mappings of one group total at most 100; less is a warning.",
    why: "Weights are cumulative percentages: over 100 starves the last Mapping, under 100 leaves requests unrouted.",
    fix: "Adjust the weights to a total of 100, or leave one out to give that Mapping the rest.",
  },
  *check(input) {
    const isComplete = isAllCustom(input) && input.routing.serviceName === undefined;
    for (const group of customGroups(input)) yield* judge(group, isComplete);
  },
};

export default rule;
