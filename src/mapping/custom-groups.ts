import { groupKey } from "./group.ts";
import type { MappingFields } from "./types.ts";

interface HasFields {
  readonly fields: MappingFields;
}

/** Mappings that share one route of one Ambassador. */
export interface MappingGroup<T extends HasFields> {
  /** Those that answer requests, in the order of the text. */
  readonly mains: readonly T[];
  /** Those that only receive copies. */
  readonly shadows: readonly T[];
}

/** The id of an Ambassador, and of a Mapping, that names none. */
export const defaultId = "default";

/** Every Ambassador reads a document of this id. */
export const everyId = "_automatic_";

/** More ids than this are not told apart: an author has a few. */
const maxIds = 50;

/** The ids of the Ambassadors that read a document; the empty one is nobody's. */
export function ambassadorIds({ ambassador_id: id }: MappingFields): readonly string[] {
  if (typeof id === "string") return id === "" ? [] : [id];
  return Array.isArray(id) && id.length > 0
    ? id.filter((each): each is string => typeof each === "string" && each !== "")
    : [defaultId];
}

/** Whether there is an Ambassador that reads both documents. */
export function haveReader(a: MappingFields, b: MappingFields): boolean {
  const [idsOfA, idsOfB] = [ambassadorIds(a), ambassadorIds(b)];
  if (idsOfA.length === 0 || idsOfB.length === 0) return false;
  return idsOfA.includes(everyId) || idsOfB.includes(everyId) || idsOfA.some((id) => idsOfB.includes(id));
}

/** The groups that Mappings form, each once, although several Ambassadors may read the same ones. */
export function mappingGroups<T extends HasFields>(mappings: readonly T[]): readonly MappingGroup<T>[] {
  const routed = mappings
    .filter(({ fields }) => typeof fields.prefix === "string")
    .map((mapping, index) => ({
      mapping,
      index,
      key: groupKey(mapping.fields),
      ids: ambassadorIds(mapping.fields),
    }));
  const ids = new Set(routed.flatMap((each) => each.ids));
  if (ids.size > 1) ids.delete(everyId);
  const groups = new Map<string, MappingGroup<T>>();
  for (const id of [...ids].slice(0, maxIds)) {
    const read = routed.filter((each) => each.ids.includes(id) || each.ids.includes(everyId));
    for (const members of byKey(read))
      groups.set(members.map(({ index }) => index).join(), groupOf(members.map(({ mapping }) => mapping)));
  }
  return [...groups.values()];
}

function byKey<M extends { readonly key: string }>(members: readonly M[]): Iterable<readonly M[]> {
  const groups = new Map<string, M[]>();
  for (const member of members) {
    const known = groups.get(member.key);
    if (known) known.push(member);
    else groups.set(member.key, [member]);
  }
  return groups.values();
}

const groupOf = <T extends HasFields>(members: readonly T[]): MappingGroup<T> => ({
  mains: members.filter(({ fields }) => fields.shadow !== true),
  shadows: members.filter(({ fields }) => fields.shadow === true),
});
