import { duplicate } from "../../diagnostics/finding.ts";
import { isAttached } from "../../mapping/join.ts";
import { subjectOf } from "../../mapping/subject.ts";
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
    const { deployment, settings, cluster } = input;
    const { singleNamespace, namespaces } = settings.seldon;
    const { name, namespace } = deployment;
    if (!singleNamespace || name === undefined || !namespaces.includes(namespace)) return;
    if (isAttached(input) || input.configuration.custom) return;
    for (const other of namespaces) {
      const rival = other === namespace ? undefined : cluster.find(other, name);
      if (rival === undefined) continue;
      const subject = subjectOf(rival, settings);
      // The rival's name and namespace are not the author's to know: the message names neither.
      if (!isAttached(subject) && !subject.configuration.custom)
        yield duplicate(
          ["metadata", "name"],
          name,
          `/seldon/${name}/ is the route of another namespace already`,
        );
    }
  },
};

export default rule;
