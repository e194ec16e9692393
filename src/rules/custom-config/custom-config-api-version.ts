import { type Finding, unsupported } from "../../diagnostics/finding.ts";
import { customDocuments, type NamedDocument } from "../custom-documents.ts";
import type { ObjectRule } from "../rule.ts";

/** Dropped by Ambassador from 2.1.2 on; v1 panics it from 2.5.1 and 3.4 on (emissary issues 4783, 5077, 5603, 5787). */
const outdated = new Map([
  ["ambassador/v0", "is dropped by Ambassador 2.1.2 and later"],
  ["getambassador.io/v0", "is dropped by Ambassador 2.1.2 and later"],
  ["ambassador/v1", "is dropped by Ambassador 2.1.2+, panics 2.5.1 and 3.4+"],
  ["getambassador.io/v1", "is dropped by Ambassador 2.1.2+, panics 2.5.1 and 3.4+"],
]);

const working = new Set(["ambassador/v2", "getambassador.io/v2", "getambassador.io/v3alpha1"]);

function judge({ fields, label, path }: NamedDocument): readonly Finding[] {
  const { apiVersion } = fields;
  if (typeof apiVersion !== "string" || apiVersion === "" || working.has(apiVersion)) return [];
  const consequence = outdated.get(apiVersion);
  if (consequence === undefined)
    return [unsupported(path, apiVersion, `${label} is of no version that Ambassador reads`)];
  return [unsupported(path, apiVersion, `${apiVersion} ${consequence}`, { severity: "warning" })];
}

const rule: ObjectRule = {
  id: "custom-config-api-version",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "Custom documents have an apiVersion that Ambassador reads; outdated ones are a warning.",
    why: "Ambassador 1.x read ambassador/v1, later releases drop such a document, and some crash on it.",
    fix: "Use getambassador.io/v2, the one version that 1.x, 2.1.2+, 3.x and 4.x read.",
  },
  *check(input) {
    for (const document of customDocuments(input)) yield* judge(document);
  },
};

export default rule;
