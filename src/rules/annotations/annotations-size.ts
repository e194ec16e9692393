import { tooLong } from "../../diagnostics/finding.ts";
import { keys } from "../../seldon/annotations.ts";
import type { InjectionRule } from "../rule.ts";

/** TotalAnnotationSizeLimitB of k8s.io/apimachinery/pkg/api/validation: keys and values together. */
const maxBytes = 256 * 1024;

const rule: InjectionRule = {
  id: "annotations-size",
  topic: "annotations",
  stage: "injection",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "The annotations of the object fit into 256 KiB after injection.",
    why: "The API server refuses more, for all annotations of one object together.",
    fix: "Use fewer predictors or remove large annotations.",
  },
  *check({ deployment, injection }) {
    const annotations = new Map(deployment.annotations);
    for (const { path, text } of injection.texts ?? [])
      if (path[0] === "metadata") annotations.set(keys.config, text);
    let bytes = 0;
    for (const [key, value] of annotations) bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
    if (bytes > maxBytes)
      yield tooLong(["metadata", "annotations"], bytes, `the annotations take ${bytes} of ${maxBytes} bytes`);
  },
};

export default rule;
