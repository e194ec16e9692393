import { type Finding, invalid } from "../../diagnostics/finding.ts";
import type { Limit } from "../limit.ts";
import { oncePerField, percentText, type ShareChange, shareChanges } from "../share-changes.ts";

function findingOn({ share, isUpdate }: ShareChange, most: number): Finding | undefined {
  const { percent, path, lead } = share;
  const added = lead === "" ? "a new predictor" : "a new destination";
  const who = isUpdate ? added : "a new guest of this route";
  if (percent === undefined)
    return invalid(
      path,
      undefined,
      `${lead}${who} without a weight gets an even share, and ${most}% are allowed`,
    );
  if (percent <= most) return undefined;
  return invalid(
    path,
    percent,
    `${lead}${who} begins with ${percentText(percent)}%, and ${most}% are allowed`,
  );
}

const limit: Limit = {
  id: "limits/first-share",
  severity: "error",
  docs: {
    what: "What is new to a route that was answered before begins with no more of the requests than the policy allows.",
    why: "Nobody has seen yet how it answers, nor whether its pods get ready.",
    fix: "Add it beside what answers now, with a share that is allowed, and raise that later.",
  },
  check(input) {
    const most = input.limits["canary.maxFirstShare"]?.value;
    if (most === undefined) return [];
    const added = shareChanges(input).flatMap((changes) =>
      changes.filter(({ before }) => before === undefined),
    );
    return oncePerField(added.flatMap((change) => findingOn(change, most) ?? []));
  },
};

export default limit;
