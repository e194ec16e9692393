import { forbidden } from "../../diagnostics/finding.ts";
import { circuitBreakerKeys, keys, readAnnotation } from "../../seldon/annotations.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "shadow-group-settings",
  topic: "shadow",
  severity: "warning",
  reads: [],
  docs: {
    what: "Retries and circuit breakers on a shadow deployment are not used.",
    why: "In Ambassador they belong to the whole route: the shadow's Mappings must repeat those of the target.",
    fix: "Set them on the deployment that the shadow is attached to.",
  },
  *check({ deployment, era, routing, configuration }) {
    if (!routing.shadow || configuration.custom) return;
    for (const key of [keys.retries, ...circuitBreakerKeys]) {
      const found = readAnnotation(deployment, key, era);
      if (found?.value) yield forbidden(found.path, found.value, "not used: those of the target count");
    }
  },
};

export default rule;
