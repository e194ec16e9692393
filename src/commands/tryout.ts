import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const examples = fileURLToPath(new URL("../../manifests/examples/reviews/", import.meta.url));

/** A word of a shell's command line. */
const quote = (word: string): string =>
  /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

const prettyPatch = `node -p 'JSON.parse(atob(JSON.parse(fs.readFileSync(0)).response.patch))'`;

/**
 * Command lines to paste that show a canary rejected and one mutated; empty when there is no CA to trust or
 * the examples have not been installed.
 */
export function tryout(certDir: string, port: number, from: string): string[] {
  const ca = join(certDir, "ca.crt");
  const rejected = join(examples, "canary-rejected.json");
  const accepted = join(examples, "canary.json");
  if (![ca, rejected, accepted].every((path) => existsSync(path))) return [];
  const call = (path: string, review: string): string =>
    [
      `curl -sS --cacert ${quote(ca)} -H 'Content-Type: application/json'`,
      // --json would be shorter, but curl has it only since 7.82.
      `--data-binary @${quote(relative(from, review))} https://localhost:${port}${path}`,
    ].join(" ");
  return [
    "See a canary rejected:",
    `  ${call("/validate", rejected)}`,
    "See one mutated:",
    `  ${call("/mutate", accepted)} | ${prettyPatch}`,
  ];
}
