import { type Finding, invalid } from "../../diagnostics/finding.ts";
import type { Limit } from "../limit.ts";
import { oncePerField, percentText, type ShareChange, shareChanges } from "../share-changes.ts";

/** By how many points a share moves; endless where only one end of the way is known. */
function distance({ share, before }: ShareChange): number {
  const [from, to] = [before === undefined ? 0 : before.percent, share.percent];
  if (from === undefined && to === undefined) return 0;
  return from === undefined || to === undefined ? Number.POSITIVE_INFINITY : Math.abs(to - from);
}

/** Of two that move as far, the one that gains is the one that its author means. */
const gain = ({ share, before }: ShareChange): number => (share.percent ?? 0) - (before?.percent ?? 0);

const inWords = (percent: number | undefined): string =>
  percent === undefined ? "an even share" : `${percentText(percent)}%`;

function findingOn(change: ShareChange, maxStep: number): Finding {
  const { share, before } = change;
  const from = before === undefined ? 0 : before.percent;
  const way = `moves from ${inWords(from)} to ${inWords(share.percent)}`;
  return invalid(share.path, share.percent, `${share.lead}${way}, and ${maxStep} points are allowed at once`);
}

const limit: Limit = {
  id: "limits/canary-step",
  severity: "error",
  docs: {
    what: "No share of the requests moves by more points in one update than the policy allows.",
    why: "A canary is to show its mistakes to a few: in one leap, they are everybody's before anybody has looked.",
    fix: "Go there in smaller steps, one update each.",
  },
  check(input) {
    const maxStep = input.limits["canary.maxStep"]?.value;
    if (maxStep === undefined) return [];
    // What one gains another loses: the largest move of a route says it all.
    const largest = shareChanges(input).flatMap((changes) => {
      const moved = changes.filter((change) => change.isUpdate && distance(change) > maxStep);
      return moved.toSorted((a, b) => distance(b) - distance(a) || gain(b) - gain(a)).slice(0, 1);
    });
    return oncePerField(largest.map((change) => findingOn(change, maxStep)));
  },
};

export default limit;
