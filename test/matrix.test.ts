import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { defaultConfig } from "../src/config/config.ts";
import { conflicts } from "../src/config/conflicts.ts";
import type { Carrier, EngineSettings, MappingApiVersion } from "../src/config/settings.ts";
import { formatFieldPath } from "../src/diagnostics/field-path.ts";
import { subjectOf } from "../src/mapping/subject.ts";
import { decodeDeployment } from "../src/seldon/decode.ts";
import { eras } from "../src/seldon/era.ts";
import { admit, mutated } from "./support/admission.ts";
import { documentsOf, settingsWith } from "./support/injection.ts";

const folder = fileURLToPath(new URL("matrix/", import.meta.url));
const object = parse(readFileSync(`${folder}deployment.yaml`, "utf8"));

const carriers: readonly Carrier[] = ["metadata", "spec", "predictor"];
const operators = [...eras.map(({ since }) => since), "1.18"];
const apiVersions: readonly MappingApiVersion[] = [
  "getambassador.io/v2",
  "getambassador.io/v3alpha1",
  "ambassador/v1",
];

interface Cell {
  readonly name: string;
  readonly settings: EngineSettings;
}

/** Every combination that the program would start with. */
const cells = carriers.flatMap((carrier) =>
  operators.flatMap((operatorVersion) =>
    apiVersions.flatMap((apiVersion): Cell[] => {
      // Beside the predictor carrier the operator is best not enabled: in v1 mode it would parse the header itself.
      const ambassador = carrier === "predictor" ? "disabled" : "v1";
      const seldon = { operatorVersion, ambassador } as const;
      const settings = settingsWith({ carrier, seldon, ambassador: { apiVersion } });
      const isPossible = [...conflicts({ ...defaultConfig, engine: settings })].length === 0;
      const name = `${carrier}-${operatorVersion}-${apiVersion.replace("/", "-")}`.replaceAll(".", "_");
      return isPossible ? [{ name, settings }] : [];
    }),
  ),
);

/** The texts on an object with the field that carries each. */
function textsOn(raw: unknown, settings: EngineSettings): readonly { path: string; text: string }[] {
  const { deployment } = decodeDeployment(raw, "models");
  assert.ok(deployment);
  return subjectOf(deployment, settings).configuration.generated.map(({ path, text }) => ({
    path: formatFieldPath(path),
    text,
  }));
}

for (const { name, settings } of cells) {
  test(`the configuration on ${name.replaceAll("_", ".")}`, () => {
    const texts = textsOn(mutated({ object, settings }), settings);
    const actual = texts.map(({ path, text }) => `## ${path}\n${text}`).join("");
    const golden = `${folder}${name}.expected.yaml`;
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, actual);
    assert.equal(actual, readFileSync(golden, "utf8"));
    assert.deepEqual(admit({ object, settings }).causes, []);
    for (const { text } of texts) assert.deepEqual(documentsOf(text, "1.1"), documentsOf(text, "1.2"));
  });
}

test("the three carriers carry the same documents", () => {
  const documentsOn = (carrier: Carrier) => {
    const settings = settingsWith({ carrier });
    return textsOn(mutated({ object, settings }), settings).flatMap(({ text }) => documentsOf(text));
  };
  assert.deepEqual(documentsOn("spec"), documentsOn("metadata"));
  assert.deepEqual(documentsOn("predictor"), documentsOn("metadata"));
});

test("each predictor's text holds its own Services and its explainer's only", () => {
  const settings = settingsWith({ carrier: "predictor" });
  const services = textsOn(mutated({ object, settings }), settings).map(({ text }) =>
    documentsOf(text).flatMap(({ service }) => service ?? []),
  );
  assert.deepEqual(services, [
    ["iris-main.models:8000", "iris-main.models:5001", "iris-main-explainer.models:9000"],
    ["iris-next.models:8500", "iris-next.models:8500"],
  ]);
});

test("the carrier none carries nothing, and takes away what was there", () => {
  const before = mutated({ object });
  assert.deepEqual(
    textsOn(mutated({ object: before, settings: settingsWith({ carrier: "none" }) }), settingsWith({})),
    [],
  );
});

test("a change of the carrier moves the text", () => {
  for (const from of carriers) {
    for (const to of carriers) {
      const settings = settingsWith({ carrier: to });
      const moved = mutated({
        object: mutated({ object, settings: settingsWith({ carrier: from }) }),
        settings,
      });
      assert.deepEqual(textsOn(moved, settings), textsOn(mutated({ object, settings }), settings));
    }
  }
});

test("every golden file belongs to a cell", () => {
  const known = cells.map(({ name }) => `${name}.expected.yaml`);
  assert.ok(known.every((file) => existsSync(`${folder}${file}`)));
  const strays = readdirSync(folder).filter((file) => file !== "deployment.yaml" && !known.includes(file));
  assert.deepEqual(strays, []);
});
