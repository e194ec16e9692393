import type { Limit } from "../limit.ts";
import { unmet } from "../unmet.ts";

const limit: Limit = {
  id: "limits/required-annotations",
  severity: "error",
  docs: {
    what: "The object has the annotations that the policy requires, with values that match.",
    why: "Tools and people that go by an annotation pass over objects without it.",
    fix: "Add the annotation to metadata.annotations, or correct its value.",
  },
  *check({ deployment, limits, labels }) {
    const wanted = limits.requiredAnnotations?.value ?? [];
    // An object without known labels is one of a live view, which keeps no other annotations than Seldon's.
    const known = labels === undefined ? wanted.filter(({ key }) => key.startsWith("seldon.io/")) : wanted;
    yield* unmet(known, ["metadata", "annotations"], deployment.annotations);
  },
};

export default limit;
