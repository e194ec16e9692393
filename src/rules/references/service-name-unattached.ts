import { invalid } from "../../diagnostics/finding.ts";
import { isAttached, targetOf } from "../../mapping/join.ts";
import type { Subject } from "../../mapping/subject.ts";
import { keys, readAnnotation } from "../../seldon/annotations.ts";
import type { ObjectRule, RuleInput } from "../rule.ts";

/** Longer chains are not followed; each link was an error when it was written. */
const maxLinks = 50;

/** The name at the end of the chain, whether or not it exists; undefined when the chain is a circle. */
function endOf(first: Subject, input: RuleInput): string | undefined {
  let end = first;
  for (let link = 0; link < maxLinks; link++) {
    const next = targetOf(end, input);
    if (next === undefined) return isAttached(end) ? end.routing.serviceName : end.deployment.name;
    if (next.deployment.name === input.deployment.name) return next.deployment.name;
    end = next;
  }
  return undefined;
}

function complaint(name: string, end: string | undefined, own: string | undefined): string {
  if (end === undefined) return `${name} is attached itself, in a circle`;
  if (end === own) return `${name} is attached to this deployment`;
  return `${name} is attached itself; the end of the chain is ${end}`;
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
    const { name = "" } = target.deployment;
    yield invalid(
      readAnnotation(input.deployment, keys.serviceName, input.era)?.path ?? [],
      name,
      complaint(name, endOf(target, input), input.deployment.name),
    );
  },
};

export default rule;
