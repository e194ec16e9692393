import { type Finding, unsupported } from "../../diagnostics/finding.ts";
import { type Fate, fateOf } from "../../mapping/ambassador-version.ts";
import { customDocuments, type NamedDocument } from "../custom-documents.ts";
import type { ObjectRule } from "../rule.ts";

/** Dropped by Ambassador from 2.1.2 on; v1 panics it from 2.5.1 and 3.4 on (emissary issues 4783, 5077, 5603, 5787). */
const outdated = new Map([
  ["ambassador/v0", "is dropped by Ambassador 2.1.2 and later"],
  ["getambassador.io/v0", "is dropped by Ambassador 2.1.2 and later"],
  ["ambassador/v1", "is dropped by Ambassador 2.1.2+, panics 2.5.1, 3.4+"],
  ["getambassador.io/v1", "is dropped by Ambassador 2.1.2+, panics 2.5.1, 3.4+"],
]);

const working = new Set(["ambassador/v2", "getambassador.io/v2", "getambassador.io/v3alpha1"]);

const costs: Record<Exclude<Fate, "works">, string> = {
  "needs-host": "routes nothing without a host",
  dropped: "is dropped",
  panics: "panics the whole pod",
};

function costIn(release: string, apiVersion: string, { fields }: NamedDocument): string | undefined {
  const fate = fateOf(apiVersion, release);
  if (fate === "works") return undefined;
  // Only Mappings route; what happens to a whole version happens to every kind.
  if (fate === "needs-host" && (fields.kind !== "Mapping" || fields.host)) return undefined;
  return costs[fate];
}

function judge(document: NamedDocument, release: string | undefined): readonly Finding[] {
  const { fields, label, path } = document;
  const { apiVersion } = fields;
  if (typeof apiVersion !== "string" || apiVersion === "") return [];
  if (!working.has(apiVersion) && !outdated.has(apiVersion))
    return [unsupported(path, apiVersion, `${label} is of no version that Ambassador reads`)];
  if (release !== undefined) {
    const cost = costIn(release, apiVersion, document);
    if (cost === undefined) return [];
    return [unsupported(path, apiVersion, `${label}: ${apiVersion} ${cost} in Ambassador ${release}`)];
  }
  const consequence = outdated.get(apiVersion);
  if (consequence === undefined) return [];
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
    fix: 'Use getambassador.io/v2, which 1.x, 2.1.2+, 3.x and 4.x read; 2.0 to 2.1.1 want v3alpha1 with hostname: "*".',
  },
  *check(input) {
    for (const document of customDocuments(input)) yield* judge(document, input.settings.ambassador.version);
  },
};

export default rule;
