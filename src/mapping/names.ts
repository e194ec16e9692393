import { createHash } from "node:crypto";

/** Ambassador's cache cuts a Mapping's name at the first dot, and Kubernetes ends names at 253 characters. */
const safe = /^[\w-]{1,253}$/;

/** A name without dots. One that had to be changed, or could be read in two ways, ends in a digest instead. */
export function documentName(parts: readonly string[]): string {
  const name = parts.join("_");
  const divided = parts.findIndex((part) => part.includes("_"));
  const isClear = divided === -1 || divided === parts.length - 1;
  if (isClear && safe.test(name)) return name;
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12);
  return `${name.replace(/[^\w-]/g, "_").slice(0, 200)}_${digest}`;
}
