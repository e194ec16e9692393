import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Where Pepr and its 360 packages are, out of the webhook's own. */
export const peprFolder = here("../../.cache/pepr");

const wanted: string = JSON.parse(readFileSync(here("pepr/package.json"), "utf8")).dependencies.pepr;

function installed(): string | undefined {
  const manifest = join(peprFolder, "node_modules/pepr/package.json");
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : undefined;
}

/**
 * Where Pepr is, or why it is not there. With `install` it is fetched from the registry if need be, by the lock file
 * in `pepr/` and without any install script.
 */
export function findPepr(install: boolean): { folder?: string; missing?: string } {
  if (installed() === wanted) return { folder: peprFolder };
  if (!install) return { missing: `Pepr ${wanted} is not installed; the long form installs it` };
  mkdirSync(peprFolder, { recursive: true });
  for (const name of ["package.json", "package-lock.json"])
    copyFileSync(here(`pepr/${name}`), join(peprFolder, name));
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  const { status, stderr, error } = spawnSync("npm", args, { cwd: peprFolder, encoding: "utf8" });
  if (status === 0 && installed() === wanted) return { folder: peprFolder };
  const reason = error?.message ?? /npm error .*/.exec(stderr)?.[0] ?? `npm ended with ${status}`;
  return { missing: `Pepr ${wanted} could not be installed: ${reason}` };
}
