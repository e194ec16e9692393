import { type Finding, notFound, required } from "../../diagnostics/finding.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import { everyId } from "../../mapping/custom-groups.ts";
import { isGlob } from "../../policy/glob.ts";
import { isAmong } from "../allowance.ts";
import { type NamedIds, namedIds } from "../ambassador-ids.ts";
import type { Limit } from "../limit.ts";

function dangling(id: string, { path, isWritten, lead }: NamedIds, known: readonly string[]): Finding {
  if (!isWritten) return required(path, `${lead}no id is named, and no Ambassador answers to ${id}`);
  const meant = nearest(
    id,
    known.filter((each) => !isGlob(each)),
  );
  return notFound(
    path,
    id,
    `${lead}no Ambassador answers to it${meant === undefined ? "" : `; did you mean ${meant}`}`,
  );
}

const limit: Limit = {
  id: "limits/ambassador-id-known",
  severity: "error",
  docs: {
    what: "Every route is for an Ambassador that the policy knows of.",
    why: "A route for an id that no Ambassador answers to is served by nobody, and nobody reports it.",
    fix: "Name the AMBASSADOR_ID of an Ambassador of this cluster.",
  },
  *check(input) {
    const known = input.limits["ambassadorIds.known"]?.value;
    if (known === undefined) return;
    const extra = input.references?.value === "relaxed" ? ({ severity: "warning" } as const) : {};
    for (const named of namedIds(input)) {
      if (named.ids.length === 0)
        yield notFound(named.path, "", `${named.lead}no Ambassador is named`, extra);
      for (const id of named.ids)
        if (id !== everyId && !isAmong(known, id)) yield { ...dangling(id, named, known), ...extra };
    }
  },
};

export default limit;
