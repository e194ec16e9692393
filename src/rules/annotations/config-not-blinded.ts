import { invalid } from "../../diagnostics/finding.ts";
import { annotationPath, keys } from "../../seldon/annotations.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "config-not-blinded",
  topic: "annotations",
  severity: "error",
  reads: [],
  docs: {
    what: "spec.annotations does not hold an empty seldon.io/ambassador-config.",
    why: "The operator takes the empty text, never looks into metadata, and generates its own faulty routes.",
    fix: "Remove the empty key from spec.annotations.",
  },
  *check({ configuration, settings, deployment }) {
    const isHidden = settings.carrier === "metadata" || Boolean(deployment.annotations.get(keys.config));
    if (configuration.blinded && isHidden)
      yield invalid(
        annotationPath("spec", keys.config),
        "",
        "hides the configuration in metadata.annotations",
      );
  },
};

export default rule;
