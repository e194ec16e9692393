import { invalid } from "../../diagnostics/finding.ts";
import { keys, knownKeys, readAnnotation } from "../../seldon/annotations.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "annotation-empty",
  topic: "annotations",
  severity: "warning",
  reads: [],
  docs: {
    what: "A routing annotation with an empty value counts as unset.",
    why: "It usually comes from a template whose variable was missing.",
    fix: "Give it a value or remove it.",
  },
  *check({ deployment, era, configuration, settings }) {
    for (const key of knownKeys(era)) {
      const found = readAnnotation(deployment, key, era);
      // An empty configuration in spec is more than nothing: config-not-blinded tells of it.
      const isBlinding = key === keys.config && configuration.blinded && settings.carrier === "metadata";
      if (found?.value === "" && !isBlinding) yield invalid(found.path, "", "is empty and counts as unset");
    }
  },
};

export default rule;
