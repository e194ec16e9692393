import { duplicate } from "../../diagnostics/finding.ts";
import { isAttached } from "../../mapping/join.ts";
import { answers } from "../../routes/effective.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "single-namespace-route",
  topic: "references",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "Namespaces that share an Ambassador in single-namespace mode have no two deployments of one name.",
    why: "Their routes without the namespace are one route, and each gets half of the other's requests.",
    fix: "Rename the deployment, or give each namespace an Ambassador of its own.",
  },
  *check(input) {
    const { name, namespace } = input.deployment;
    if (!input.settings.seldon.singleNamespace || isAttached(input)) return;
    const { own, besides } = input.neighbours();
    const told = new Set<string>();
    for (const mapping of own.filter((each) => !each.isCustom && answers(each)))
      for (const { owner } of besides(mapping).filter((each) => !each.isCustom && answers(each))) {
        if (owner.namespace === namespace || told.has(owner.namespace)) continue;
        told.add(owner.namespace);
        // The rival's name and namespace are not the author's to know: the message names neither.
        yield duplicate(
          ["metadata", "name"],
          name,
          `/seldon/${name}/ is the route of another namespace already`,
        );
      }
  },
};

export default rule;
