import { type MappingGroup, mappingGroups } from "../mapping/custom-groups.ts";
import { customMappings, type NamedDocument } from "./custom-documents.ts";
import type { RuleInput } from "./rule.ts";

export type CustomGroup = MappingGroup<NamedDocument>;

/** The groups that the author's Mappings form. */
export const customGroups = (input: Pick<RuleInput, "customs">): readonly CustomGroup[] =>
  mappingGroups(customMappings(input));

/**
 * Whether all Mappings of this deployment are the author's own. Where a text stands on some predictors only, those
 * of the others are generated and may belong to the same groups.
 */
export const isAllCustom = ({
  configuration: { custom, predictors },
  deployment,
}: Pick<RuleInput, "configuration" | "deployment">): boolean =>
  custom !== undefined || predictors.length === deployment.spec.predictors.length;

const maxListed = 4;

/** `document 1 (main) 60, document 2 (canary) 30` */
export function weightList(mains: readonly NamedDocument[]): string {
  const listed = mains
    .slice(0, maxListed)
    .map(({ label, fields }) => `${label} ${fields.weight ?? "without"}`)
    .join(", ");
  return mains.length > maxListed ? `${listed}, …` : listed;
}

/** Weights that can be added up: integers in 0 to 100, or none. */
export const hasSoundWeights = (mains: readonly NamedDocument[]): boolean =>
  mains.every(({ fields: { weight } }) => weight === undefined || isWeight(weight));

export const isWeight = (weight: unknown): weight is number =>
  typeof weight === "number" && Number.isInteger(weight) && weight >= 0 && weight <= 100;

export const totalWeight = (mains: readonly NamedDocument[]): number =>
  mains.reduce((sum, { fields: { weight } }) => sum + (isWeight(weight) ? weight : 0), 0);
