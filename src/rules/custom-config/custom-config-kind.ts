import { unsupported } from "../../diagnostics/finding.ts";
import { customDocuments } from "../custom-documents.ts";
import type { ObjectRule } from "../rule.ts";

const kinds = ["Mapping", "TLSContext"];

const rule: ObjectRule = {
  id: "custom-config-kind",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "A custom configuration holds Mappings and TLSContexts only.",
    why: "Ambassador honours every kind: a Module in one deployment's annotation changes the gateway for everybody.",
    fix: "Use kind Mapping or TLSContext; ask the owner of the gateway for anything else.",
  },
  *check(input) {
    for (const { fields, label, path } of customDocuments(input)) {
      const { kind } = fields;
      if (typeof kind === "string" && kind !== "" && !kinds.includes(kind))
        yield unsupported(path, kind, `${label} is neither a Mapping nor a TLSContext`);
    }
  },
};

export default rule;
