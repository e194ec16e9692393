import { readFileSync } from "node:fs";
import { markdown } from "../bench/report.ts";
import { faults } from "./faults.ts";
import { closure, direct, type Lock, production } from "./lock.ts";

/** `npm run supply-chain`: what is shipped beside our own code, and with 1 what of it must not be. */

const lock: Lock = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8"));
const names = direct(lock);
const packages = new Map(production(lock).map((each) => [each.id, each]));

const lines = names.map((name) => {
  const { version, license } = lock.packages[`node_modules/${name}`] ?? {};
  const others = closure(
    lock,
    names.filter((other) => other !== name),
  );
  const own = [...closure(lock, [name])];
  return [name, version, license, own.length, own.filter((id) => !others.has(id)).length];
});
const count = new Map<string | undefined, number>();
for (const { license } of packages.values()) count.set(license, (count.get(license) ?? 0) + 1);
const licences = [...count].toSorted(([, a], [, b]) => b - a).map(([licence, of]) => `${of} ${licence}`);
const found = faults(lock);

process.stdout.write(
  [
    `${names.length} direct dependencies in production, ${packages.size} packages in total\n`,
    markdown(["dependency", "version", "licence", "packages", "needed by it alone"], lines),
    `Licences: ${licences.join(", ")}\n`,
    ...found.map((fault) => `${fault}\n`),
  ].join("\n"),
);
process.exitCode = found.length > 0 ? 1 : 0;
