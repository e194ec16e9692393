import { invalid } from "../../diagnostics/finding.ts";
import { isMap } from "../../mapping/custom.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "custom-config-yaml",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "A custom configuration is YAML whose documents are maps.",
    why: "On anything else Ambassador drops every document of the text; 1.9 to 2.1.0 stop updating for everybody.",
    fix: "Correct the YAML; separate documents by a line of ---.",
  },
  *check({ configuration, custom }) {
    if (!configuration.custom || !custom) return;
    const { text, path } = configuration.custom;
    if (custom.problem !== undefined) yield invalid(path, text, custom.problem);
    else if (custom.documents.length === 0) yield invalid(path, text, "holds no document");
    for (const { index, value } of custom.documents)
      if (!isMap(value)) yield invalid(path, text, `document ${index + 1} is not a map`);
  },
};

export default rule;
