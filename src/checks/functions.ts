/**
 * The functions and macros that expressions may call, each with the numbers of arguments that it takes. They are those
 * of the Kubernetes API server that the library knows; what it has besides (JSON, bytes, bindings, time zones) would
 * be refused there, and some of it has no bound.
 */
export const globalFunctions: ReadonlyMap<string, readonly number[]> = new Map([
  ["has", [1]],
  ["size", [1]],
  ["type", [1]],
  ["dyn", [1]],
  ["bool", [1]],
  ["int", [1]],
  ["uint", [1]],
  ["double", [1]],
  ["string", [1]],
  ["duration", [1]],
  ["timestamp", [1]],
]);

export const methods: ReadonlyMap<string, readonly number[]> = new Map([
  ["all", [2]],
  ["exists", [2]],
  ["exists_one", [2]],
  ["map", [2, 3]],
  ["filter", [2]],
  ["size", [0]],
  ["contains", [1]],
  ["startsWith", [1]],
  ["endsWith", [1]],
  ["matches", [1]],
  ["lowerAscii", [0]],
  ["upperAscii", [0]],
  ["trim", [0]],
  ["indexOf", [1, 2]],
  ["lastIndexOf", [1, 2]],
  ["substring", [1, 2]],
  ["split", [1, 2]],
  ["join", [0, 1]],
  ["hasValue", [0]],
  ["value", [0]],
  ["or", [1]],
  ["orValue", [1]],
  ["of", [1]],
  ["none", [0]],
  ...["FullYear", "Month", "Date", "DayOfMonth", "DayOfWeek", "DayOfYear"].map(ofTime),
  ...["Hours", "Minutes", "Seconds", "Milliseconds"].map(ofTime),
]);

/** In UTC: a name of a time zone as an argument is slow to look up. */
function ofTime(part: string): [string, readonly number[]] {
  return [`get${part}`, [0]];
}

/** Macros that go through a list or map; all but the first argument see each element. */
export const comprehensions: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "map", "filter"]);

/** Read a number, a time or the like from a text that is never long. */
export const conversions: ReadonlySet<string> = new Set([
  "bool",
  "int",
  "uint",
  "double",
  "duration",
  "timestamp",
]);

/** Look for one text in another: what they cost at most grows with the product of both lengths. */
export const searches: ReadonlySet<string> = new Set([
  "contains",
  "indexOf",
  "lastIndexOf",
  "split",
  "startsWith",
  "endsWith",
]);
