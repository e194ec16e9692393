import { duplicate } from "../../diagnostics/finding.ts";
import { eraFor } from "../../mapping/subject.ts";
import { type CreatedService, createdServices } from "../../seldon/services.ts";
import type { SeldonDeployment } from "../../seldon/types.ts";
import type { ObjectRule, RuleInput } from "../rule.ts";

/**
 * `a-b-c` can be made by deployments `a` and `a-b`: by the name's part before one of its dashes, or behind it in
 * the eras whose Services begin with spec.name.
 */
function* makersOf(
  { name: service, fullName }: Pick<CreatedService, "name" | "fullName">,
  input: RuleInput,
): Iterable<SeldonDeployment> {
  const { deployment, cluster, era } = input;
  const { namespace, name } = deployment;
  for (let dash = fullName.indexOf("-"); dash >= 0; dash = fullName.indexOf("-", dash + 1)) {
    const maker = era.servicePerPredictor ? fullName.slice(0, dash) : fullName.slice(dash + 1);
    const found = maker === name ? undefined : cluster.find(namespace, maker);
    if (found) yield found;
  }
  for (const other of cluster.namingService(namespace, service)) if (other.name !== name) yield other;
}

const rule: ObjectRule = {
  id: "service-unclaimed",
  topic: "routes",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "No other deployment of the namespace makes a Service of the same name.",
    why: "One of the two loses its route, and the operator deletes and recreates the Service forever.",
    fix: "Rename the deployment or the predictor, or set seldon.io/svc-name.",
  },
  *check(input) {
    // A wide deployment has hundreds of Services, and most meet the same other ones.
    const known = new Map<SeldonDeployment, ReadonlySet<string>>();
    const namesOf = (other: SeldonDeployment): ReadonlySet<string> => {
      const names =
        known.get(other) ?? new Set(createdServices(other, eraFor(other, input)).map(({ name }) => name));
      known.set(other, names);
      return names;
    };
    // Names of containers begin with their predictor's: where that is told of, they are.
    const told = new Set<string>();
    for (const { name, fullName, kind, predictor, path } of input.services)
      for (const other of new Set(makersOf({ name, fullName }, input))) {
        if (told.has(`${predictor} ${other.name}`) || !namesOf(other).has(name)) continue;
        told.add(`${predictor} ${other.name}`);
        yield duplicate(path, name, `the ${kind} Service is made by SeldonDeployment ${other.name} too`);
      }
  },
};

export default rule;
