import { haveReader } from "../mapping/custom-groups.ts";
import { shareHost } from "../mapping/host.ts";
import { answers, type RoutedMapping } from "./effective.ts";

const isBelow = ({ fields: { prefix } }: RoutedMapping, { fields }: RoutedMapping): boolean =>
  typeof prefix === "string" &&
  typeof fields.prefix === "string" &&
  prefix.length > fields.prefix.length &&
  prefix.startsWith(fields.prefix);

/** Whether the author's Mapping `part` gets requests that `whole` would answer. */
export const takesFrom = (part: RoutedMapping, whole: RoutedMapping): boolean =>
  part.isCustom &&
  answers(part) &&
  answers(whole) &&
  isBelow(part, whole) &&
  shareHost(part.fields, whole.fields) &&
  haveReader(part.fields, whole.fields);
