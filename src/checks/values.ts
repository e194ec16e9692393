/** Deeper than any object that a SeldonDeployment's schema lets through. */
const maxDepth = 100;

/**
 * A parsed JSON value as expressions see it. Whole numbers are `int`, as in Kubernetes, where JSON knows numbers only;
 * maps are Maps, so that no key means something to JavaScript. Throws RangeError for what is nested too deep.
 */
export function celValue(value: unknown, depth = 0): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== "object" || value === null) return value ?? null;
  if (depth === maxDepth) throw new RangeError(`nested deeper than ${maxDepth} levels`);
  if (Array.isArray(value)) return value.map((each) => celValue(each, depth + 1));
  return new Map(Object.entries(value).map(([key, each]) => [key, celValue(each, depth + 1)]));
}
