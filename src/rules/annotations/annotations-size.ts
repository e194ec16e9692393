import { tooLong } from "../../diagnostics/finding.ts";
import { keys } from "../../seldon/annotations.ts";
import type { InjectionRule } from "../rule.ts";

/** TotalAnnotationSizeLimitB of k8s.io/apimachinery/pkg/api/validation: keys and values together. */
const maxBytes = 256 * 1024;

const bytesOf = (key: string, value: string): number => Buffer.byteLength(key) + Buffer.byteLength(value);

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
    const injected = injection.texts?.find(({ path }) => path[0] === "metadata");
    let bytes = injected === undefined ? 0 : bytesOf(keys.config, injected.text);
    for (const [key, value] of deployment.annotations)
      if (injected === undefined || key !== keys.config) bytes += bytesOf(key, value);
    if (bytes > maxBytes)
      yield tooLong(["metadata", "annotations"], bytes, `the annotations take ${bytes} of ${maxBytes} bytes`);
  },
};

export default rule;
