import { allSettings } from "../../config/settings.ts";
import type { Check } from "../check.ts";
import type { Facts, OwnedMapping } from "../facts.ts";
import { unreadVerdict, valueIn } from "../fetched.ts";
import { operatorLabel } from "../operator-label.ts";
import { ok, problem, type Verdict } from "../verdict.ts";

const check: Check = {
  id: "left-over-mappings",
  what: "No Mapping objects of the operator's v2 mode stand beside the injected text",
  judge(facts) {
    const { mappings, installations } = facts;
    if (mappings.state === "unread") return [unreadVerdict(mappings)];
    const found = valueIn(mappings) ?? [];
    if (found.length === 0) return [ok("there are none")];
    const all = installations.flatMap(({ settings }) => allSettings(settings.engine));
    if (all.every(({ carrier }) => carrier === "none"))
      return [ok(`${found.length} Mapping objects, which the operator in v2 mode is there to make`)];
    return places(found).map((place) => leftOver(place, isStillMade(facts)));
  },
};

const isStillMade = ({ workloads }: Facts): boolean =>
  valueIn(workloads)?.operators.some(({ mode }) => mode === "v2") === true;

/** Those of one kind in one namespace. */
function places(mappings: readonly OwnedMapping[]): readonly (readonly OwnedMapping[])[] {
  const byPlace = new Map<string, OwnedMapping[]>();
  for (const mapping of mappings) {
    const key = `${mapping.resource} ${mapping.namespace}`;
    byPlace.set(key, [...(byPlace.get(key) ?? []), mapping]);
  }
  return [...byPlace.values()];
}

/** As many as are named; the command deletes all. */
const shown = 3;

function leftOver(mappings: readonly OwnedMapping[], isStillMade: boolean): Verdict {
  const [{ resource = "", namespace = "" } = {}] = mappings;
  const names = mappings.map(({ name }) => name);
  const more = names.length > shown ? ` and ${names.length - shown} more` : "";
  const which = mappings.every(({ labelled }) => labelled) ? `-l ${operatorLabel}` : names.join(" ");
  const first = isStillMade ? "Set the operator to v1 mode first, which makes no more of them; then: " : "";
  return problem(
    `${names.length} made by Seldon's operator in v2 mode: ${names.slice(0, shown).join(", ")}${more}; Ambassador splits requests between them and the injected text`,
    `${first}kubectl delete ${resource} -n ${namespace} ${which}`,
    `${resource} in ${namespace}`,
  );
}

export default check;
