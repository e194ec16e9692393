import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { addresses, faults, isAllowed } from "./supply-chain/faults.ts";
import { closure, direct, type Lock, type LockedPackage, production } from "./supply-chain/lock.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (name: string): string => readFileSync(`${root}${name}`, "utf8");
const lockOf = (name: string): Lock => JSON.parse(read(name));
const lock = lockOf("package-lock.json");

const tool = (name: string, env: NodeJS.ProcessEnv = {}) =>
  spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), `${root}test/supply-chain/${name}`], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });

/** A lock file in which one package in production is another. */
const withChanged = (name: string, change: LockedPackage): Lock => ({
  packages: { ...lock.packages, [name]: { ...lock.packages[name], ...change } },
});

test("nothing that is shipped has a fault", () => {
  assert.deepEqual(faults(lock), []);
});

test("each fault is found", () => {
  const yaml = "node_modules/yaml";
  const { version } = lock.packages[yaml] ?? {};
  const found = (change: LockedPackage) => faults(withChanged(yaml, change));
  assert.deepEqual(found({ license: "GPL-3.0-only" }), [
    `yaml@${version}: the licence GPL-3.0-only is not allowed`,
  ]);
  assert.deepEqual(found({ hasInstallScript: true }), [
    `yaml@${version}: runs a script when it is installed`,
  ]);
  assert.deepEqual(found({ resolved: "https://mirror.example/yaml.tgz" }), [
    `${yaml}: names the address https://mirror.example/yaml.tgz`,
  ]);
  const { integrity: _, ...bare } = lock.packages[yaml] ?? {};
  assert.deepEqual(faults({ packages: { ...lock.packages, [yaml]: bare } }), [
    `yaml@${version}: has no checksum`,
  ]);
  assert.equal(faults(withChanged("node_modules/new", { version: "1.0.0", integrity: "sha512-" })).length, 1);
});

test("of a choice of licences one must be allowed, of a sum all", () => {
  assert.ok(isAllowed("MIT") && isAllowed("(BSD-3-Clause OR GPL-2.0)") && isAllowed("MIT AND ISC"));
  for (const expression of ["GPL-2.0", "MIT AND GPL-2.0", "SEE LICENSE IN x", "", "(MIT) AND (GPL-2.0)"])
    assert.ok(!isAllowed(expression), expression);
});

test("no lock file names an address, the benchmark's neither", () => {
  for (const name of ["package-lock.json", "test/bench/pepr/package-lock.json"]) {
    assert.ok(Object.keys(lockOf(name).packages).length > 100, name);
    assert.deepEqual(addresses(lockOf(name)), [], name);
    assert.doesNotMatch(read(name), /"(resolved|tarball)"/, name);
  }
});

test("what is needed in turn is found where Node.js finds it", () => {
  const of = (dependencies: Record<string, string>) => ({ version: "1.0.0", dependencies });
  const small: Lock = {
    packages: {
      "": of({ a: "*" }),
      "node_modules/a": of({ b: "*", "@s/c": "*" }),
      "node_modules/a/node_modules/b": { ...of({ d: "*" }), version: "2.0.0" },
      "node_modules/b": of({}),
      "node_modules/@s/c": of({ b: "*" }),
      "node_modules/d": of({ a: "*", missing: "*" }),
      "node_modules/e": of({}),
    },
  };
  assert.deepEqual([...closure(small, ["a"])].toSorted(), [
    "@s/c@1.0.0",
    "a@1.0.0",
    "b@1.0.0",
    "b@2.0.0",
    "d@1.0.0",
  ]);
});

test("everything in production is needed by something", () => {
  const shipped = new Set(production(lock).map(({ id }) => id));
  assert.deepEqual([...closure(lock, direct(lock))].toSorted(), [...shipped].toSorted());
});

test("the number of dependencies is printed, and each direct one is argued for", () => {
  const { status, stdout } = tool("supply-chain.ts");
  assert.equal(status, 0, stdout);
  const [, printed, total] = /^(\d+) direct dependencies in production, (\d+) packages/.exec(stdout) ?? [];
  assert.equal(Number(printed), direct(lock).length);
  // A dependency that brings many more is a decision, and this is where it shows.
  assert.ok(Number(total) > direct(lock).length && Number(total) <= 160, `${total} packages`);
  const [, decision = ""] = read("DECISIONS.md").split(/^## \d+\. What each dependency is for$/m);
  const argued = [...(decision.split(/^## /m)[0] ?? "").matchAll(/^- `([^`]+)`/gm)].map(([, name]) => name);
  assert.deepEqual(argued, direct(lock));
});

test("the bill of materials has what is shipped, and is made without a network", () => {
  const { status, stdout, stderr } = tool("sbom.ts", { npm_config_registry: "http://127.0.0.1:9" });
  assert.equal(status, 0, stderr);
  const bom = JSON.parse(stdout);
  assert.deepEqual([bom.bomFormat, bom.specVersion], ["CycloneDX", "1.5"]);
  const { component } = bom.metadata;
  assert.deepEqual([component.name, component.type], ["seldon-ambassador-webhook", "application"]);
  const shipped = [...new Set(production(lock).map(({ id }) => id))].toSorted();
  const refs = bom.components.map((each: Record<string, string>) => each["bom-ref"]);
  assert.deepEqual(refs.toSorted(), shipped);
  for (const { name, version, purl, licenses, hashes } of bom.components) {
    assert.equal(decodeURIComponent(purl), `pkg:npm/${name}@${version}`);
    assert.ok(licenses.length > 0 && hashes.length > 0, name);
  }
  const known = new Set([component["bom-ref"], ...refs]);
  for (const { ref, dependsOn } of bom.dependencies)
    for (const id of [ref, ...dependsOn]) assert.ok(known.has(id), `${ref} depends on ${id}`);
});
