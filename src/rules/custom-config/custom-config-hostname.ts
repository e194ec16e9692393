import { required } from "../../diagnostics/finding.ts";
import { isMap } from "../../mapping/custom.ts";
import { customMappings } from "../custom-documents.ts";
import type { ObjectRule } from "../rule.ts";

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

const rule: ObjectRule = {
  id: "custom-config-hostname",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "A Mapping of getambassador.io/v3alpha1 has a hostname, or labels that a Host can select.",
    why: "Without it Ambassador makes no route of the Mapping, and reports no error.",
    fix: 'Add hostname: "*", or use getambassador.io/v2, which needs none.',
  },
  *check(input) {
    for (const { fields, label, path } of customMappings(input)) {
      if (fields.apiVersion !== "getambassador.io/v3alpha1") continue;
      // A Host's mappingSelector looks at labels, which a Mapping without its own takes from the Service.
      const isSelectable = isMap(fields.metadata_labels) && Object.keys(fields.metadata_labels).length > 0;
      if (!isText(fields.hostname) && !isText(fields.host) && !isSelectable)
        yield required(path, `${label}: hostname: missing, so that the Mapping routes nothing`);
    }
  },
};

export default rule;
