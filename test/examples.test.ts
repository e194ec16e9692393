import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { defaultEngineSettings } from "../src/config/settings.ts";
import { catalogue } from "../src/rules/catalogue.ts";
import { applyExample, exampleNames, ruleId } from "./support/examples.ts";

/** Warnings that a valid example gives on purpose. */
const expectedWarnings: Readonly<Record<string, readonly string[]>> = {
  "custom-config": ["custom-config-api-version"],
};

/** Error rules that no file shows by itself. */
const notShownByAFile: ReadonlyMap<string, string> = new Map([
  ["annotations-size", "takes 256 KiB"],
  ["predictor-count", "takes 401 predictors"],
  ["custom-config-field-known", "is an error only for Ambassador 1.x, by a setting"],
  ["custom-config-read", "needs other settings"],
  ["mapping-injected", "needs a mutating webhook that does not answer"],
  ["deletion-unattached", "is about a deletion, not about a file"],
  ["single-namespace-route", "needs other settings"],
]);

for (const name of exampleNames("valid"))
  test(`valid/${name} is accepted`, () => {
    const outcomes = applyExample("valid", name, defaultEngineSettings);
    assert.deepEqual(
      outcomes.flatMap(({ causes }) => causes),
      [],
    );
    assert.deepEqual(
      outcomes.flatMap(({ warnings }) => warnings.map(ruleId)),
      expectedWarnings[name] ?? [],
    );
  });

for (const name of exampleNames("invalid"))
  test(`invalid/${name} is rejected by this rule alone`, () => {
    const causes = applyExample("invalid", name, defaultEngineSettings).flatMap((outcome) => outcome.causes);
    assert.deepEqual([...new Set(causes.map(({ message }) => ruleId(message)))], [name]);
  });

test("there is an invalid example for every error that a file can show", () => {
  const shown = catalogue
    .filter(({ id, severity }) => severity === "error" && !notShownByAFile.has(id))
    .map(({ id }) => id);
  assert.deepEqual([...exampleNames("invalid")].sort(), shown.sort());
});

test("every example begins by saying what it shows", () => {
  for (const folder of ["valid", "invalid"] as const)
    for (const name of exampleNames(folder)) {
      const text = readFileSync(
        new URL(`../manifests/examples/${folder}/${name}.yaml`, import.meta.url),
        "utf8",
      );
      assert.match(text, /^# \S.*(\n# .*)*\.\napiVersion:/, `${folder}/${name}.yaml`);
    }
});
