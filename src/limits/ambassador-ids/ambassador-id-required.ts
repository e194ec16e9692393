import { invalid, required } from "../../diagnostics/finding.ts";
import { everyId } from "../../mapping/custom-groups.ts";
import { namedIds } from "../ambassador-ids.ts";
import type { Limit } from "../limit.ts";

const limit: Limit = {
  id: "limits/ambassador-id-required",
  severity: "error",
  docs: {
    what: "Every route is for each of the Ambassadors that the policy requires.",
    why: "Models that an audited or protected Ambassador must serve would be missing there, or be served past it.",
    fix: "Name the required ambassador id.",
  },
  *check(input) {
    const wanted = input.limits["ambassadorIds.required"]?.value ?? [];
    for (const { ids, path, isWritten, lead } of namedIds(input)) {
      if (ids.includes(everyId)) continue;
      const missing = wanted.filter((id) => !ids.includes(id));
      if (missing.length === 0) continue;
      const message = `${lead}must be for ${missing.slice(0, 5).join(", ")}`;
      yield isWritten ? invalid(path, ids.join(", "), message) : required(path, message);
    }
  },
};

export default limit;
