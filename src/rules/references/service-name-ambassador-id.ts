import { invalid } from "../../diagnostics/finding.ts";
import { customRoutes, targetOf } from "../../mapping/join.ts";
import type { Subject } from "../../mapping/subject.ts";
import { keys, readAnnotation } from "../../seldon/annotations.ts";
import type { ObjectRule } from "../rule.ts";

/** What an Ambassador without AMBASSADOR_ID, and a Mapping without ambassador_id, are called. */
const defaultId = "default";
/** The id that every Ambassador answers to. */
const anyId = "_automatic_";

const idOf = ({ routing }: Subject): string => routing.ambassadorId ?? defaultId;

function idsOf(target: Subject): readonly string[] {
  if (!target.custom) return [idOf(target)];
  return customRoutes(target).flatMap(({ ambassador_id: id }) =>
    [id ?? defaultId].flat().filter((each): each is string => typeof each === "string"),
  );
}

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
    const ids = idsOf(target);
    const own = idOf(input);
    if (ids.length === 0 || ids.includes(own) || ids.includes(anyId) || own === anyId) return;
    const where =
      readAnnotation(input.deployment, keys.ambassadorId, input.era) ??
      readAnnotation(input.deployment, keys.serviceName, input.era);
    yield invalid(
      where?.path ?? [],
      where?.value,
      `${target.deployment.name} is served by Ambassador ${ids.join(" and ")}, this deployment by ${own}`,
    );
  },
};

export default rule;
