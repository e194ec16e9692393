import { invalid } from "../../diagnostics/finding.ts";
import { disagreements } from "../../mapping/group.ts";
import type { RoutedMapping } from "../../routes/effective.ts";
import { givesWay } from "../gives-way.ts";
import { ownerName } from "../owner-name.ts";
import type { ObjectRule } from "../rule.ts";

const differing = (a: RoutedMapping, b: RoutedMapping): readonly string[] =>
  a.isCustom || b.isCustom ? disagreements(a.fields, b.fields) : [];

const rule: ObjectRule = {
  id: "route-group-agrees",
  topic: "routes",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "A custom Mapping that joins another deployment's route repeats what a route has in common.",
    why: "Ambassador drops the later Mapping of a route whose circuit breakers or connection settings differ.",
    fix: "Copy the field from the other deployment's Mapping, or leave it out where that has none.",
  },
  *check(input) {
    const { own, besides } = input.neighbours();
    const told = new Set<string>();
    for (const mapping of own)
      for (const rival of besides(mapping)) {
        const [field] = differing(mapping, rival);
        const key = `${rival.owner.namespace}/${rival.owner.name}`;
        if (field === undefined || told.has(key)) continue;
        told.add(key);
        yield invalid(
          mapping.isCustom ? mapping.source : ["metadata", "name"],
          mapping.fields.prefix,
          `${field}: differs from that of ${ownerName(rival, input)} on this route`,
          givesWay(mapping, rival, input),
        );
      }
  },
};

export default rule;
