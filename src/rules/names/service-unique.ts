import { duplicate } from "../../diagnostics/finding.ts";
import type { CreatedService } from "../../seldon/services.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "service-unique",
  topic: "names",
  severity: "error",
  reads: [],
  docs: {
    what: "The Services that the operator will create for a deployment have different names.",
    why: "It deletes and recreates a Service that two parts claim, or one of them loses its route.",
    fix: "Rename the predictor or container, or change seldon.io/svc-name.",
  },
  *check({ deployment, services }) {
    const owners = new Map<string, CreatedService>();
    const predictorName = ({ predictor }: CreatedService) => deployment.spec.predictors[predictor]?.name;
    for (const service of services) {
      const owner = owners.get(service.name);
      if (owner === undefined) owners.set(service.name, service);
      // Predictors of one name are told of by predictor-name-unique.
      else if (owner.predictor === service.predictor || predictorName(owner) !== predictorName(service))
        yield duplicate(
          service.path,
          service.name,
          `the ${service.kind} Service has the name of the ${owner.kind} Service of predictor ${predictorName(owner)}`,
        );
    }
  },
};

export default rule;
