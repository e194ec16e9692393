import { duplicate, type Finding } from "../../diagnostics/finding.ts";
import { isAttached } from "../../mapping/join.ts";
import type { RoutedMapping } from "../../routes/effective.ts";
import { annotationOf } from "../annotation-path.ts";
import { ownerName } from "../owner-name.ts";
import type { ObjectRule, RuleInput } from "../rule.ts";

const isLive = ({ fields }: RoutedMapping): boolean => fields.shadow !== true;

/** The author of a generated route is never the one to give way. */
function severity(mapping: RoutedMapping, rival: RoutedMapping, input: RuleInput): { severity?: "warning" } {
  const yields = mapping.isCustom || (!rival.isCustom && isAttached(input));
  return yields ? {} : { severity: "warning" };
}

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
    for (const mapping of own.filter(isLive)) {
      for (const rival of besides(mapping).filter(isLive)) {
        const key = `${rival.owner.namespace}/${rival.owner.name}`;
        if (told.has(key) || isOfSingleNamespaceMode(mapping, rival)) continue;
        told.add(key);
        yield clash(mapping, rival, input);
      }
    }
  },
};

/** Namesakes in namespaces that share an Ambassador are told of by single-namespace-route. */
const isOfSingleNamespaceMode = (mapping: RoutedMapping, rival: RoutedMapping): boolean =>
  !mapping.isCustom && !rival.isCustom && mapping.owner.namespace !== rival.owner.namespace;

function clash(mapping: RoutedMapping, rival: RoutedMapping, input: RuleInput): Finding {
  const path = mapping.isCustom
    ? mapping.source
    : (annotationOf(input, "header", "regexHeader") ?? ["metadata", "name"]);
  const value = mapping.fields.prefix;
  return duplicate(
    path,
    value,
    `${ownerName(rival, input)} answers this route too`,
    severity(mapping, rival, input),
  );
}

export default rule;
