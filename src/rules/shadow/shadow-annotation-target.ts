import { required } from "../../diagnostics/finding.ts";
import { annotationPath, keys, readAnnotation } from "../../seldon/annotations.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "shadow-annotation-target",
  topic: "shadow",
  severity: "error",
  reads: [],
  docs: {
    what: "A shadow deployment names the deployment whose requests it copies.",
    why: "A shadow without one is alone in its route and never receives a request.",
    fix: "Set seldon.io/ambassador-service-name to an existing SeldonDeployment of the namespace.",
  },
  *check({ deployment, era, routing, configuration }) {
    if (!routing.shadow || configuration.custom) return;
    // A value that cannot be a name is told of by service-name-exists.
    const named = readAnnotation(deployment, keys.serviceName, era);
    if (named?.value) return;
    const place = readAnnotation(deployment, keys.shadow, era)?.place ?? "metadata";
    yield required(annotationPath(place, keys.serviceName), "a shadow needs the deployment to attach to");
  },
};

export default rule;
