import { type Finding, unsupported } from "../../diagnostics/finding.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import { annotationPath, foreignKeys, knownKeys, type Place } from "../../seldon/annotations.ts";
import type { Era } from "../../seldon/era.ts";
import { recordedDefaults } from "../../seldon/recorded-defaults.ts";
import type { ObjectRule, RuleInput } from "../rule.ts";

const prefix = "seldon.io/ambassador-";

function advice(key: string, era: Era): string | undefined {
  const known = knownKeys(era);
  if (known.includes(key)) return undefined;
  const foreign = foreignKeys(era).get(key);
  if (foreign !== undefined) return `is not read by this operator: ${foreign}`;
  if (!key.startsWith(prefix)) return undefined;
  const meant = nearest(key, known);
  return meant === undefined ? "is read by nobody" : suggestion(key, meant);
}

/** The longest pair of keys that fits into the one line of a warning. */
const maxKeys = 66;

function suggestion(key: string, meant: string): string {
  if (key.length + meant.length <= maxKeys) return `is read by nobody; did you mean ${meant}`;
  let same = 0;
  while (key[same] === meant[same]) same++;
  return `use …${meant.slice(meant.lastIndexOf("-", same - 1) + 1)}`;
}

const unreadPlace = (key: string, era: Era): string | undefined =>
  knownKeys(era).includes(key) ? "is read in spec.annotations only before Seldon 1.9" : advice(key, era);

function* unknownIn(place: Place, { deployment, era }: RuleInput): Iterable<Finding> {
  const annotations = place === "spec" ? deployment.spec.annotations : deployment.annotations;
  const defaulted = recordedDefaults(deployment.annotations);
  for (const [key, value] of annotations) {
    // A default is no author's mistake: the injected text is made of it, whatever the operator reads.
    if (place === "metadata" && defaulted.has(key)) continue;
    const text = place === "spec" || era.readsMetadataAnnotations ? advice(key, era) : unreadPlace(key, era);
    if (text !== undefined) yield unsupported(annotationPath(place, key), value, text);
  }
}

const rule: ObjectRule = {
  id: "annotation-known",
  topic: "annotations",
  severity: "warning",
  reads: [],
  docs: {
    what: "Every routing annotation is one that this release of Seldon's operator reads.",
    why: "Renamed, removed and misspelt annotations are ignored in silence.",
    fix: "Use the name that is read.",
  },
  *check(input) {
    yield* unknownIn("metadata", input);
    yield* unknownIn("spec", input);
  },
};

export default rule;
