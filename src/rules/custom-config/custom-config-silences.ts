import { forbidden } from "../../diagnostics/finding.ts";
import { keys, knownKeys } from "../../seldon/annotations.ts";
import { authorsAnnotation } from "../authors-annotation.ts";
import { customMappings } from "../custom-documents.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "custom-config-silences",
  topic: "custom-config",
  severity: "warning",
  reads: [],
  docs: {
    what: "Beside a custom configuration there are no annotations that it silences.",
    why: "A seldon.io/ambassador-config replaces every Mapping that they would shape.",
    fix: "Say it in the configuration, and remove the annotation.",
  },
  *check(input) {
    const { era, configuration, settings } = input;
    if (configuration.custom === undefined || settings.seldon.ambassador !== "v1") return;
    const isShadow = customMappings(input).some(({ fields }) => fields.shadow === true);
    for (const key of knownKeys(era)) {
      // A custom shadow names its target so, for custom-config-shadow-served.
      const isUsed = key === keys.config || (key === keys.serviceName && isShadow);
      const found = isUsed ? undefined : authorsAnnotation(input, key);
      if (found?.value) yield forbidden(found.path, found.value, "silenced by custom configuration");
    }
  },
};

export default rule;
