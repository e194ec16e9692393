import type { Meter } from "./meter.ts";

/** A unit for ten characters, as cel-go counts them (its StringTraversalCostFactor is 0.1). */
export const textUnits = (text: string): number => Math.ceil(text.length / 10);

/** What it costs to go once through a text, a list or the keys of a map, without what is in them. */
export function shallowUnits(value: unknown): number {
  if (typeof value === "string") return textUnits(value);
  if (typeof value !== "object" || value === null) return 1;
  if (Array.isArray(value)) return 1 + value.length;
  return value instanceof Map ? 1 + value.size : 1 + Object.keys(value).length;
}

/** Spends what it costs to go through all that is in a value, and says how much that was. */
export function spendDeep(value: unknown, meter: Meter): number {
  let total = 0;
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const each = waiting.pop();
    const units = shallowUnits(each);
    meter.spend(units);
    total += units;
    if (typeof each === "object" && each !== null) for (const inner of partsOf(each)) waiting.push(inner);
  }
  return total;
}

const partsOf = (value: object): Iterable<unknown> => {
  if (Array.isArray(value)) return value;
  return value instanceof Map ? value.values() : Object.values(value);
};
