import { invalid } from "../../diagnostics/finding.ts";
import { isServedWith, servingIds, targetOf } from "../../mapping/join.ts";
import { keys, readAnnotation } from "../../seldon/annotations.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "service-name-ambassador-id",
  topic: "references",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "A deployment and the one it is attached to live on the same Ambassador.",
    why: "Each Ambassador ignores the other's Mappings in silence: no copy, no header route.",
    fix: "Give both the same seldon.io/ambassador-id.",
  },
  *check(input) {
    const target = targetOf(input, input);
    if (target === undefined) return;
    const ids = servingIds(target);
    if (ids.length === 0 || isServedWith(input, target)) return;
    const where =
      readAnnotation(input.deployment, keys.ambassadorId, input.era) ??
      readAnnotation(input.deployment, keys.serviceName, input.era);
    yield invalid(
      where?.path ?? [],
      where?.value,
      `${target.deployment.name} is served by Ambassador ${ids.join(" and ")}, this deployment by ${servingIds(input)}`,
    );
  },
};

export default rule;
