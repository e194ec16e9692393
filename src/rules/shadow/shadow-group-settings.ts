import { forbidden } from "../../diagnostics/finding.ts";
import { circuitBreakerKeys, keys } from "../../seldon/annotations.ts";
import { authorsAnnotation } from "../authors-annotation.ts";
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
  *check(input) {
    if (!input.routing.shadow || input.configuration.custom) return;
    for (const key of [keys.retries, ...circuitBreakerKeys]) {
      const found = authorsAnnotation(input, key);
      if (found?.value) yield forbidden(found.path, found.value, "not used: those of the target count");
    }
  },
};

export default rule;
