import { duplicate, type Finding } from "../../diagnostics/finding.ts";
import { isAttached } from "../../mapping/join.ts";
import { answers, type RoutedMapping } from "../../routes/effective.ts";
import { annotationOf } from "../annotation-path.ts";
import { givesWay } from "../gives-way.ts";
import { ownerName } from "../owner-name.ts";
import type { ObjectRule, RuleInput } from "../rule.ts";

const rule: ObjectRule = {
  id: "route-unique",
  topic: "routes",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "A route has one owner: no other deployment answers the same prefix and headers on the same Ambassador.",
    why: "Ambassador joins Mappings of one route whoever made them, and each owner loses a share of its requests.",
    fix: "Use another prefix or header, or make both predictors of one deployment.",
  },
  *check(input) {
    // One that is attached for no purpose is told of by service-name-purpose.
    if (isAttached(input) && !input.routing.shadow && !annotationOf(input, "header", "regexHeader")) return;
    const { own, besides } = input.neighbours();
    const told = new Set<string>();
    for (const mapping of own.filter(answers)) {
      for (const rival of besides(mapping).filter(answers)) {
        const key = `${rival.owner.namespace}/${rival.owner.name}`;
        if (told.has(key) || isToldElsewhere(mapping, rival, input)) continue;
        told.add(key);
        yield clash(mapping, rival, input);
      }
    }
  },
};

/**
 * Namesakes in namespaces that share an Ambassador are told of by single-namespace-route. In the eras that have an
 * annotation for it, an attached canary with a weight shares its target's route on purpose.
 */
function isToldElsewhere(mapping: RoutedMapping, rival: RoutedMapping, { era }: RuleInput): boolean {
  if (mapping.isCustom || rival.isCustom) return false;
  const isShare = era.weightAnnotation !== undefined && rival.fields.weight !== undefined;
  return isShare || mapping.owner.namespace !== rival.owner.namespace;
}

function clash(mapping: RoutedMapping, rival: RoutedMapping, input: RuleInput): Finding {
  const path = mapping.isCustom
    ? mapping.source
    : (annotationOf(input, "header", "regexHeader") ?? ["metadata", "name"]);
  return duplicate(
    path,
    mapping.fields.prefix,
    `${ownerName(rival, input)} answers this route too`,
    givesWay(mapping, rival, input),
  );
}

export default rule;
