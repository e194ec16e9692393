import { isMap } from "../mapping/custom.ts";

/** A value after a JSON merge patch: https://www.rfc-editor.org/rfc/rfc7386#section-2 */
export function merged(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const result = new Map(isMap(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, merged(result.get(key), value));
  }
  return Object.fromEntries(result);
}
