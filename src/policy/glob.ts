/** Whether a pattern is more than a name. */
export const isGlob = (pattern: string): boolean => pattern.includes("*");

/** The characters of a pattern that are no `*`: of two globs, the one with more of them says more. */
export const literalLength = (pattern: string): number => pattern.replaceAll("*", "").length;

/**
 * Whether a glob matches the whole of a text; `*` stands for any characters, none included. Goes back to the last
 * `*` only, so a hostile pattern costs no more than the product of both lengths.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0;
  let read = 0;
  let star = -1;
  let resume = 0;
  while (read < text.length) {
    if (pattern[at] === "*") {
      star = at++;
      resume = read;
    } else if (pattern[at] === text[read]) {
      at++;
      read++;
    } else if (star >= 0) {
      at = star + 1;
      read = ++resume;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
