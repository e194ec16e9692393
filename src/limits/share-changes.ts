import { type FieldPath, formatFieldPath } from "../diagnostics/field-path.ts";
import { digestOf } from "../mapping/injection.ts";
import type { Subject } from "../mapping/subject.ts";
import type { LimitInput } from "./limit.ts";
import { type Share, type Shares, sharesOf } from "./shares.ts";

/** What becomes of one destination's share. */
export interface ShareChange {
  readonly share: Share;
  /** What it had; undefined: it is new to the route. */
  readonly before: Pick<Share, "percent"> | undefined;
  /** The route was the deployment's before, too. */
  readonly isUpdate: boolean;
}

type Group = ReadonlyMap<string, Share>;

/** Whether requests were answered at all: where they were not, nobody can be hurt. */
const answered = (group: Group): boolean =>
  [...group.values()].some(({ percent }) => percent === undefined || percent > 0);

function changesIn(
  group: Group,
  before: Group | undefined,
  { isAnswered }: LimitInput,
): readonly ShareChange[] {
  const shares = [...group.values()];
  if (before === undefined || !answered(before))
    return shares
      .filter(({ isOwn, fields }) => !isOwn && isAnswered(fields))
      .map((share) => ({ share, before: undefined, isUpdate: false }));
  return shares.map((share) => ({ share, before: before.get(share.destination), isUpdate: true }));
}

/** Most updates do, and building Mappings of them twice takes longer than everything else together. */
const asksForTheSame = (a: Subject, b: Subject): boolean =>
  digestOf(a) === digestOf(b) && a.deployment.spec.name === b.deployment.spec.name;

/**
 * What a write does to the shares of requests, route by route. A route that nobody answered before has none to lose,
 * unless others answer it and it is not by its name its own: so a creation is looked at only for what it does to them.
 */
export function shareChanges(input: LimitInput): readonly (readonly ShareChange[])[] {
  const { operation, previous, settings } = input;
  // An update of something unknown is how an object is judged that nobody is writing.
  if (operation === "UPDATE" && previous === undefined) return [];
  if (previous !== undefined && asksForTheSame(previous, input)) return [];
  const before: Shares = previous === undefined ? new Map() : sharesOf(previous, previous.settings);
  return [...sharesOf(input, settings)].map(([key, group]) => changesIn(group, before.get(key), input));
}

/** A percentage in words: `33.3`. */
export const percentText = (percent: number): string => String(Math.round(percent * 10) / 10);

/** Keeps one of those about the same field: REST and gRPC routes of a predictor have one share. */
export function oncePerField<T extends { readonly path: FieldPath; readonly message: string }>(
  findings: readonly T[],
): readonly T[] {
  return [...new Map(findings.map((each) => [formatFieldPath(each.path) + each.message, each])).values()];
}
