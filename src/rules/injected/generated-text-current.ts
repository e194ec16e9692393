import { type Finding, invalid } from "../../diagnostics/finding.ts";
import { isMap } from "../../mapping/custom.ts";
import { digestOf } from "../../mapping/injection.ts";
import { isGenerated, provenance } from "../../mapping/marker.ts";
import type { InjectionRule } from "../rule.ts";

/** kubectl's copy of what the author applied. */
const appliedKey = "kubectl.kubernetes.io/last-applied-configuration";

function appliedObject(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function annotation(object: unknown, path: readonly (string | number)[]): string | undefined {
  let value = object;
  for (const part of path)
    value = isMap(value) || Array.isArray(value) ? Reflect.get(value, part) : undefined;
  return typeof value === "string" ? value : undefined;
}

const rule: InjectionRule = {
  id: "generated-text-current",
  topic: "injected",
  stage: "injection",
  severity: "warning",
  reads: ["SeldonDeployment"],
  docs: {
    what: "An applied file does not carry a generated configuration of another version of this webhook.",
    why: "Every sync writes the old text, the webhook replaces it, and a GitOps tool never comes to rest.",
    fix: "Remove the text from the file: seldon-ambassador-webhook strip FILE.",
  },
  *check(input): Iterable<Finding> {
    const { deployment, injection } = input;
    const applied = deployment.annotations.get(appliedKey);
    const object =
      input.written ?? (applied?.includes("seldon-ambassador-webhook") ? appliedObject(applied) : undefined);
    if (object === undefined) return;
    for (const { path, text } of injection.texts ?? []) {
      const written = annotation(object, path);
      if (written === undefined || written === text || !isGenerated(written)) continue;
      const origin = provenance(written, digestOf(input));
      if (origin === "intact" || origin === "unknown")
        yield invalid(path, written, "the file carries an outdated text, and each sync brings it back");
    }
  },
};

export default rule;
