import { invalid } from "../../diagnostics/finding.ts";
import { parseService } from "../../mapping/service-address.ts";
import { customMappings } from "../custom-documents.ts";
import { fieldName } from "../field-words.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "custom-config-service",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "The service of a Mapping is [http:// or https://]host[:number].",
    why: "Ambassador takes a named port for 80 and sends requests for anything else nowhere.",
    fix: 'Write it like "iris-default.models:8000".',
  },
  *check(input) {
    for (const document of customMappings(input)) {
      const { service } = document.fields;
      // One that is missing or empty is told of by custom-config-fields.
      if (typeof service !== "string" || service === "") continue;
      const parsed = parseService(service);
      if ("problem" in parsed)
        yield invalid(
          document.path,
          service,
          `${document.label}: ${fieldName(document, ["service"])}: ${parsed.problem}`,
        );
    }
  },
};

export default rule;
