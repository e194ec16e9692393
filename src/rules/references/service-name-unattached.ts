import { invalid } from "../../diagnostics/finding.ts";
import { isAttached, targetOf } from "../../mapping/join.ts";
import type { Subject } from "../../mapping/subject.ts";
import { keys, readAnnotation } from "../../seldon/annotations.ts";
import type { ObjectRule, RuleInput } from "../rule.ts";

/** Longer chains are not followed; each link was an error when it was written. */
const maxLinks = 50;

function endOf(first: Subject, input: RuleInput): Subject {
  let end = first;
  for (let link = 0; link < maxLinks; link++) {
    const next = targetOf(end, input);
    if (next === undefined || next.deployment.name === first.deployment.name) return end;
    end = next;
  }
  return end;
}

const rule: ObjectRule = {
  id: "service-name-unattached",
  topic: "references",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "The target of seldon.io/ambassador-service-name is not attached to another deployment itself.",
    why: "An attached deployment has no prefix of its own, so nothing ever asks for it by that name.",
    fix: "Attach to the end of the chain.",
  },
  *check(input) {
    const target = targetOf(input, input);
    if (target === undefined || !isAttached(target)) return;
    const { name } = target.deployment;
    const end = endOf(target, input).deployment.name;
    yield invalid(
      readAnnotation(input.deployment, keys.serviceName, input.era)?.path ?? [],
      name,
      end === input.deployment.name
        ? `${name} is attached to this deployment`
        : `${name} is attached itself; the end of the chain is ${end}`,
    );
  },
};

export default rule;
