/** Ids of rules that are gone, with the release that last had them. They are never used again. */
export const retired: ReadonlyMap<string, string> = new Map();
