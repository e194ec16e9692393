import { unsupported } from "../../diagnostics/finding.ts";
import { customDocuments } from "../../rules/custom-documents.ts";
import { allowedList, isAmong } from "../allowance.ts";
import type { Limit } from "../limit.ts";

const limit: Limit = {
  id: "limits/custom-config-kinds",
  severity: "error",
  docs: {
    what: "Documents of a custom configuration are of the kinds that the policy allows.",
    why: "A team that writes its own documents routes past what the webhook generates, and so past its defaults.",
    fix: "Use a kind that is allowed, or leave the configuration out to have it generated.",
  },
  *check(input) {
    const allowed = input.limits["customConfig.kinds"]?.value;
    if (allowed === undefined) return;
    for (const { fields, label, path } of customDocuments(input)) {
      const { kind } = fields;
      // Ambassador drops a document without a kind, and custom-config-fields tells of it.
      if (typeof kind === "string" && kind !== "" && !isAmong(allowed, kind))
        yield unsupported(path, kind, `${label} is of a kind that is not allowed (${allowedList(allowed)})`);
    }
  },
};

export default limit;
