import { forbidden } from "../../diagnostics/finding.ts";
import type { RoutedMapping } from "../../routes/effective.ts";
import { annotationOf } from "../annotation-path.ts";
import { ownerName } from "../owner-name.ts";
import type { ObjectRule } from "../rule.ts";

const isShadow = ({ fields }: RoutedMapping): boolean => fields.shadow === true;

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
      if (rival === undefined || told.has(rival.owner.name)) continue;
      told.add(rival.owner.name);
      const path = mapping.isCustom ? mapping.source : (annotationOf(input, "shadow") ?? mapping.source);
      yield forbidden(
        path,
        mapping.fields.prefix,
        `${ownerName(rival, input)} is the shadow of this route already`,
      );
    }
  },
};

export default rule;
