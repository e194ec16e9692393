import { duplicate } from "../../diagnostics/finding.ts";
import { createdServices } from "../../seldon/services.ts";
import type { SeldonDeployment } from "../../seldon/types.ts";
import type { ObjectRule, RuleInput } from "../rule.ts";

/** `a-b-c` can be made by deployments `a` and `a-b`: by the name's part before one of its dashes. */
function* makersOf(service: string, { deployment, cluster }: RuleInput): Iterable<SeldonDeployment> {
  const { namespace, name } = deployment;
  for (let dash = service.indexOf("-"); dash > 0; dash = service.indexOf("-", dash + 1)) {
    const maker = service.slice(0, dash);
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
    for (const { name, fullName, kind, path } of input.services) {
      for (const other of makersOf(fullName, input)) {
        const rival = createdServices(other, input.era).find((service) => service.name === name);
        if (rival)
          yield duplicate(path, name, `the ${kind} Service is made by SeldonDeployment ${other.name} too`);
      }
    }
  },
};

export default rule;
