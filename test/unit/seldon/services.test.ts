import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { decodeDeployment } from "../../../src/seldon/decode.ts";
import { eraOf } from "../../../src/seldon/era.ts";
import { type CreatedService, createdServices } from "../../../src/seldon/services.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";

function services(name: string | undefined, ...predictors: Json[]): readonly CreatedService[] {
  const raw = { metadata: name === undefined ? {} : { name }, spec: { predictors } };
  const { deployment } = decodeDeployment(raw, "models");
  assert.ok(deployment);
  return createdServices(deployment, eraOf("1.18"));
}

const names = (...of: Parameters<typeof services>): readonly string[] =>
  services(...of).map(({ name }) => name);

test("a predictor's, its graph's containers' and its explainer's, in the order of the predictors", () => {
  const found = services(
    "iris",
    {
      name: "a",
      graph: {
        name: "m",
        children: [
          { name: "n", implementation: "SKLEARN_SERVER" },
          { name: "r", implementation: "SIMPLE_ROUTER" },
        ],
      },
      componentSpecs: [
        { spec: { containers: [{ name: "sidecar" }] } },
        { spec: { containers: [{ name: "other" }, { name: "m" }] } },
      ],
      explainer: { type: "AnchorTabular" },
    },
    { name: "b", graph: { name: "m" }, explainer: {} },
  );
  assert.deepEqual(
    found.map(({ name, kind, predictor }) => [name, kind, predictor]),
    [
      ["iris-a", "predictor", 0],
      ["iris-a-m", "container", 0],
      ["iris-a-n", "container", 0],
      ["iris-a-explainer", "explainer", 0],
      ["iris-b", "predictor", 1],
    ],
  );
  assert.deepEqual(found[1]?.path, [
    "spec",
    "predictors",
    0,
    "componentSpecs",
    1,
    "spec",
    "containers",
    1,
    "name",
  ]);
});

test("svc-name is taken verbatim, for the predictor's own Service only", () => {
  const predictor = {
    name: "a",
    annotations: { "seldon.io/svc-name": "X".repeat(70) },
    explainer: { type: "AnchorTabular" },
  };
  assert.deepEqual(names("iris", predictor), ["X".repeat(70), "iris-a-explainer"]);
});

test("the engine and a tfserving sidecar are never exposed", () => {
  const children = [{ name: "seldon-container-engine" }, { name: "tfserving" }];
  const containers = children.map(({ name }) => ({ name }));
  assert.deepEqual(
    names("iris", { name: "a", graph: { name: "m", children }, componentSpecs: [{ spec: { containers } }] }),
    ["iris-a"],
  );
});

test("an object without a name has none yet", () => {
  assert.deepEqual(names(undefined, { name: "a" }), []);
});

describe("a name beyond 63 bytes", () => {
  const md5 = (text: string): string => `seldon-${createHash("md5").update(text, "utf8").digest("hex")}`;

  test("stays at 63 and is hashed at 64", () => {
    assert.deepEqual(names("a".repeat(31), { name: "b".repeat(31) }), [
      `${"a".repeat(31)}-${"b".repeat(31)}`,
    ]);
    assert.deepEqual(names("a".repeat(31), { name: "b".repeat(32) }), [
      md5(`${"a".repeat(31)}-${"b".repeat(32)}`),
    ]);
  });

  test("becomes what md5sum prints", () => {
    // printf iris-classifier-of-the-department-of-botany-champion-of-november | md5sum
    const [own, explainer] = services("iris-classifier-of-the-department-of-botany", {
      name: "champion-of-november",
      explainer: { type: "AnchorTabular" },
    });
    assert.equal(own?.name, "seldon-06c4aed70ee713a4d0a13f2c19af6963");
    assert.equal(own?.fullName, "iris-classifier-of-the-department-of-botany-champion-of-november");
    assert.equal(explainer?.name, "seldon-2e0a598d275164c3df8e42f7ec318c4f");
    assert.equal(own?.name.length, 39);
  });

  test("is counted in bytes", () => {
    assert.deepEqual(names("ü".repeat(31), { name: "a" }), [md5(`${"ü".repeat(31)}-a`)]);
  });

  test("is hashed without svc-name only", () => {
    const raw = deploymentOf({ predictors: [{ name: "b".repeat(80), svcName: "short" }] });
    const { deployment } = decodeDeployment(raw, "models");
    assert.ok(deployment);
    assert.equal(createdServices(deployment, eraOf("1.18"))[0]?.name, "short");
  });
});
