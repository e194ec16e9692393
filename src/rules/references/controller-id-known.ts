import { isTaken } from "../../config/settings.ts";
import { notFound } from "../../diagnostics/finding.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import { controllerIdKey } from "../../seldon/decode.ts";
import type { ObjectRule, RuleInput } from "../rule.ts";

function complaint({ deployment, settings: { operators } }: RuleInput): string {
  const { namespace, controllerId } = deployment;
  const housed = operators?.byNamespace.get(namespace);
  if (housed !== undefined)
    return controllerId === undefined
      ? "operators of this namespace take objects with a controller id only"
      : "no operator of this namespace has this controller id";
  const meant = nearest(controllerId ?? "", [...(operators?.byId.keys() ?? [])]);
  return `no operator has this controller id${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}

const rule: ObjectRule = {
  id: "controller-id-known",
  topic: "references",
  severity: "warning",
  reads: [],
  docs: {
    what: "Where the policy lists operators, an object's seldon.io/controller-id is that of one of them.",
    why: "Operators pass over what bears another id, so nothing is created; here the general settings hold for it.",
    fix: "Correct the label, or list the operator in the policy.",
  },
  *check(input) {
    const { deployment, settings } = input;
    if (!isTaken(settings, deployment))
      yield notFound(["metadata", "labels", controllerIdKey], deployment.controllerId, complaint(input));
  },
};

export default rule;
