import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { admit, mutated, type Situation } from "./support/admission.ts";
import { readAll } from "./support/cases.ts";
import { carriedBy, settingsWith } from "./support/injection.ts";

const folder = fileURLToPath(new URL("mapping/", import.meta.url));

const files = readdirSync(folder).sort();
const features = files
  .filter((file) => /^[^.]+\.yaml$/.test(file))
  .map((file) => file.replace(/\.yaml$/, ""));

const file = (feature: string, part: string): string => `${folder}${feature}${part}.yaml`;

const readIfThere = <T>(path: string, read: (path: string) => T): T | undefined =>
  existsSync(path) ? read(path) : undefined;

/** `<feature>.yaml` is the object, `.cluster.yaml` what exists beside it, `.settings.yaml` the operator's. */
function situationOf(feature: string): Situation {
  return {
    object: parse(readFileSync(file(feature, ""), "utf8")),
    existing: readIfThere(file(feature, ".cluster"), readAll) ?? [],
    settings: settingsWith(
      readIfThere(file(feature, ".settings"), (path) => parse(readFileSync(path, "utf8"))) ?? {},
    ),
  };
}

for (const feature of features) {
  test(`the Mappings of ${feature.replaceAll("-", " ")}`, () => {
    const situation = situationOf(feature);
    const actual = carriedBy(mutated(situation)) ?? "";
    const golden = file(feature, ".expected");
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, actual);
    assert.equal(actual, readFileSync(golden, "utf8"));
    assert.deepEqual(admit(situation).causes, []);
  });
}

test("every file beside the features belongs to one", () => {
  const known = features.flatMap((feature) =>
    ["", ".cluster", ".settings", ".expected"].map((part) => `${feature}${part}.yaml`),
  );
  assert.deepEqual(
    files.filter((each) => !known.includes(each)),
    [],
  );
});
