import type { Annotations } from "./types.ts";

/** The annotation in metadata in which the webhook records which annotations it defaulted, and to what: JSON. */
export const recordKey = "seldon-ambassador-webhook/defaulted";

const nothing: Annotations = new Map();

/** The record as it is written; undefined where there is none, or something that was never written here. */
function readRecord(text: string | undefined): Annotations | undefined {
  if (text === undefined) return undefined;
  try {
    const record: unknown = JSON.parse(text);
    if (typeof record !== "object" || record === null || Array.isArray(record)) return undefined;
    const entries = Object.entries(record);
    return entries.every((entry): entry is [string, string] => typeof entry[1] === "string")
      ? new Map(entries)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The annotations of metadata that are defaults: recorded, and still of the value that was recorded. */
export function recordedDefaults(annotations: Annotations): Annotations {
  const record = readRecord(annotations.get(recordKey));
  if (record === undefined) return nothing;
  return new Map([...record].filter(([key, value]) => annotations.get(key) === value));
}

/** The record of these defaults. The same defaults give the same bytes, in whatever order they come. */
export const recordOf = (defaults: Annotations): string =>
  JSON.stringify(Object.fromEntries([...defaults].toSorted(([a], [b]) => (a < b ? -1 : 1))));
