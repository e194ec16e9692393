import { forbidden } from "../../diagnostics/finding.ts";
import { answers, type RoutedMapping } from "../../routes/effective.ts";
import { annotationOf } from "../annotation-path.ts";
import { givesWay } from "../gives-way.ts";
import { ownerName } from "../owner-name.ts";
import type { ObjectRule } from "../rule.ts";

const isShadow = (mapping: RoutedMapping): boolean => !answers(mapping);

const rule: ObjectRule = {
  id: "route-shadow-single",
  topic: "routes",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "A route has at most one shadow, whichever deployment it belongs to.",
    why: "Ambassador mirrors a route to one destination and refuses every further shadow.",
    fix: "Remove the other shadow first, or mirror another route.",
  },
  *check(input) {
    const { own, besides } = input.neighbours();
    const told = new Set<string>();
    for (const mapping of own.filter(isShadow)) {
      const rival = besides(mapping).find(isShadow);
      const key = `${rival?.owner.namespace}/${rival?.owner.name}`;
      if (rival === undefined || told.has(key)) continue;
      told.add(key);
      const path = mapping.isCustom ? mapping.source : (annotationOf(input, "shadow") ?? mapping.source);
      yield forbidden(
        path,
        mapping.fields.prefix,
        `${ownerName(rival, input)} is the shadow of this route already`,
        givesWay(mapping, rival, input),
      );
    }
  },
};

export default rule;
