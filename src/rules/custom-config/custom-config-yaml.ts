import { invalid } from "../../diagnostics/finding.ts";
import { isMap } from "../../mapping/custom.ts";
import type { ObjectRule } from "../rule.ts";
import { yamlCost } from "../yaml-cost.ts";

const rule: ObjectRule = {
  id: "custom-config-yaml",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "A custom configuration is YAML whose documents are maps.",
    why: "On anything else Ambassador drops every document of the text; 1.9 to 2.1.1 stop updating for everybody.",
    fix: "Correct the YAML; separate documents by a line of ---.",
  },
  *check({ customs, settings }) {
    for (const { source, parsed } of customs) {
      const { text, path } = source;
      if (parsed.problem !== undefined) yield invalid(path, text, parsed.problem + yamlCost(settings));
      else if (parsed.documents.length === 0) yield invalid(path, text, "holds no document");
      for (const { index, value } of parsed.documents)
        if (!isMap(value))
          yield invalid(path, text, `document ${index + 1} is not a map${yamlCost(settings)}`);
    }
  },
};

export default rule;
