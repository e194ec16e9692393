import { invalid } from "../../diagnostics/finding.ts";
import { keys, readAnnotation } from "../../seldon/annotations.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "service-name-other",
  topic: "references",
  severity: "error",
  reads: [],
  docs: {
    what: "The annotation seldon.io/ambassador-service-name names another deployment.",
    why: "A shadow of itself is a route without an answer; elsewhere the object's own name changes nothing.",
    fix: "Name the deployment to attach to, or remove the annotation.",
  },
  *check({ deployment, era, routing, configuration }) {
    const { serviceName, shadow } = routing;
    if (serviceName === undefined || serviceName !== deployment.name || configuration.custom) return;
    const path = readAnnotation(deployment, keys.serviceName, era)?.path ?? [];
    if (shadow) yield invalid(path, serviceName, "a deployment cannot be the shadow of itself");
    else
      yield invalid(path, serviceName, "names the deployment itself and has no effect", {
        severity: "warning",
      });
  },
};

export default rule;
