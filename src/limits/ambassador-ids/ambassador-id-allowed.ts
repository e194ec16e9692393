import { forbidden, required } from "../../diagnostics/finding.ts";
import { allowedList, isAmong } from "../allowance.ts";
import { namedIds } from "../ambassador-ids.ts";
import type { Limit } from "../limit.ts";

const limit: Limit = {
  id: "limits/ambassador-id-allowed",
  severity: "error",
  docs: {
    what: "Every route is for an Ambassador that this namespace may use; without an id that is the default one.",
    why: "Another team's or the public Ambassador would answer for models that are not meant to be reached there.",
    fix: "Use an ambassador id that is allowed in this namespace.",
  },
  *check(input) {
    const allowed = input.limits["ambassadorIds.allowed"]?.value;
    if (allowed === undefined) return;
    for (const { ids, path, isWritten, lead } of namedIds(input))
      for (const id of ids) {
        if (isAmong(allowed, id)) continue;
        const message = `${lead}not allowed here (${allowedList(allowed)})`;
        yield isWritten
          ? forbidden(path, id, message)
          : required(path, `${lead}no id is named, and ${id} is not allowed (${allowedList(allowed)})`);
      }
  },
};

export default limit;
