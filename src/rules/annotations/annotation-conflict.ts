import { invalid } from "../../diagnostics/finding.ts";
import { isGenerated } from "../../mapping/marker.ts";
import { annotationPath, keys, knownKeys } from "../../seldon/annotations.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "annotation-conflict",
  topic: "annotations",
  severity: "warning",
  reads: [],
  docs: {
    what: "A routing annotation that stands in spec and in metadata has one value.",
    why: "The operator reads spec.annotations first and never sees the other.",
    fix: "Remove the one in metadata.annotations.",
  },
  *check({ deployment, era }) {
    for (const key of knownKeys(era)) {
      const [inSpec, inMetadata] = [deployment.spec.annotations.get(key), deployment.annotations.get(key)];
      if (inSpec === undefined || inMetadata === undefined || inSpec === inMetadata) continue;
      // An empty configuration in spec is told of by config-not-blinded.
      if (key === keys.config && inSpec === "") continue;
      if (isGenerated(inMetadata) || isGenerated(inSpec)) continue;
      yield invalid(
        annotationPath("metadata", key),
        inMetadata,
        "is not read: spec.annotations has the key too",
      );
    }
  },
};

export default rule;
