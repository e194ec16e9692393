import { type Lock, production } from "./lock.ts";

/**
 * What may be shipped with a program under Apache-2.0 without any duty but to keep the text of the licence. Python-2.0
 * is that of argparse, a translation of Python's own.
 */
const allowed: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "Python-2.0",
  "Unlicense",
]);

/** Whether an SPDX expression leaves the choice of an allowed licence. */
export function isAllowed(expression: string): boolean {
  const bare = expression.trim().replace(/^\((.*)\)$/, "$1");
  // Nested ones do not occur; one that came would have to be looked at.
  if (/[()]/.test(bare)) return false;
  return bare.split(" OR ").some((choice) => choice.split(" AND ").every((one) => allowed.has(one.trim())));
}

/** Packages that come from an address: a mirror's would be asked for by everybody, and tells where somebody works. */
export const addresses = ({ packages }: Lock): readonly string[] =>
  Object.entries(packages)
    .filter(([, { resolved }]) => resolved !== undefined)
    .map(([path, { resolved }]) => `${path}: names the address ${resolved}`);

/** What is wrong with what is shipped, one line each. */
export const faults = (lock: Lock): readonly string[] => [
  ...addresses(lock),
  ...production(lock).flatMap(({ id, license, integrity, hasInstallScript }) => [
    ...(license !== undefined && isAllowed(license) ? [] : [`${id}: the licence ${license} is not allowed`]),
    ...(integrity === undefined ? [`${id}: has no checksum`] : []),
    ...(hasInstallScript ? [`${id}: runs a script when it is installed`] : []),
  ]),
];
