import { duplicate } from "../../diagnostics/finding.ts";
import { customDocuments } from "../custom-documents.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "custom-config-name-unique",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "No two custom documents of one kind have the same name.",
    why: "Ambassador keeps the last of them and reports an error for each.",
    fix: "Rename one of the documents.",
  },
  *check(input) {
    const first = new Map<string, string>();
    for (const { fields, label, path } of customDocuments(input)) {
      if (typeof fields.name !== "string" || fields.name === "") continue;
      const namespace = fields.namespace || input.deployment.namespace;
      const key = JSON.stringify([fields.kind, namespace, fields.name]);
      const known = first.get(key);
      if (known === undefined) first.set(key, label);
      else yield duplicate(path, fields.name, `${label} has the name of ${known}`);
    }
  },
};

export default rule;
