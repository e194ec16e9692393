import { matchesGlob } from "../policy/glob.ts";

const maxListed = 5;

/** Whether one of these globs matches the whole of a text. */
export const isAmong = (globs: readonly string[], text: string): boolean =>
  globs.some((glob) => matchesGlob(glob, text));

/** The same, where `{namespace}` stands for a namespace. */
export const isAmongIn = (namespace: string, globs: readonly string[], text: string): boolean =>
  globs.some((glob) => matchesGlob(glob.replaceAll("{namespace}", namespace), text));

/** What is allowed, as the end of a message: `allowed: public, tenant-*`. */
export function allowedList(globs: readonly string[], namespace = ""): string {
  if (globs.length === 0) return "none is allowed";
  const listed = globs.slice(0, maxListed).map((glob) => glob.replaceAll("{namespace}", namespace));
  return `allowed: ${listed.join(", ")}${globs.length > maxListed ? ", …" : ""}`;
}
