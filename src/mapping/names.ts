import { createHash } from "node:crypto";

/** Ambassador's cache cuts a Mapping's name at the first dot, and Kubernetes ends names at 253 characters. */
const safe = /^[\w-]{1,253}$/;

/** A name without dots. A name that had to be changed gets a digest, so that two of them stay two. */
export function documentName(parts: readonly string[]): string {
  const name = parts.join("_");
  if (safe.test(name)) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 12);
  return `${name.replace(/[^\w-]/g, "_").slice(0, 200)}_${digest}`;
}
