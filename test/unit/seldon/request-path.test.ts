import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeDeployment } from "../../../src/seldon/decode.ts";
import { eraOf } from "../../../src/seldon/era.ts";
import { requestPath } from "../../../src/seldon/request-path.ts";
import type { SeldonDeployment } from "../../../src/seldon/types.ts";
import { deploymentOf } from "../../support/deployment.ts";

function speaking(protocol: unknown, graph: unknown = { name: "classifier" }): SeldonDeployment {
  const raw = deploymentOf();
  raw.spec.protocol = protocol;
  raw.spec.predictors[0].graph = graph;
  const { deployment } = decodeDeployment(raw, "models");
  assert.ok(deployment);
  return deployment;
}

function pathsOf(deployment: SeldonDeployment, version = "1.18"): readonly (string | undefined)[] {
  const [predictor] = deployment.spec.predictors;
  assert.ok(predictor);
  return (["predict", "explain"] as const).map((purpose) =>
    requestPath(deployment, predictor, purpose, eraOf(version)),
  );
}

const cases: readonly (readonly [
  protocol: unknown,
  predict: string | undefined,
  explain: string | undefined,
])[] = [
  [undefined, "api/v1.0/predictions", "api/v1.0/explain"],
  [null, "api/v1.0/predictions", "api/v1.0/explain"],
  ["", "api/v1.0/predictions", "api/v1.0/explain"],
  ["seldon", "api/v1.0/predictions", "api/v1.0/explain"],
  ["tensorflow", "v1/models/classifier:predict", "v1/models/classifier:explain"],
  ["kfserving", "v2/models/classifier/infer", "v2/models/classifier/explain"],
  ["v2", "v2/models/classifier/infer", "v2/models/classifier/infer"],
  ["carrier-pigeon", undefined, undefined],
  ["constructor", undefined, undefined],
];

for (const [protocol, ...expected] of cases)
  test(`the path of a request: protocol ${JSON.stringify(protocol)}`, () =>
    assert.deepEqual(pathsOf(speaking(protocol)), expected));

test("before 1.0 the path has another version", () =>
  assert.deepEqual(pathsOf(speaking("seldon"), "0.5"), ["api/v0.1/predictions", "api/v0.1/explain"]));

test("a model that has no name has no path, and any name is escaped", () => {
  assert.deepEqual(pathsOf(speaking("tensorflow", {})), [undefined, undefined]);
  assert.equal(pathsOf(speaking("v2", { name: "a/b?" }))[0], "v2/models/a%2Fb%3F/infer");
});

test("a protocol of another type cannot be read", () => {
  const raw = deploymentOf();
  raw.spec.protocol = 2;
  const { findings = [] } = decodeDeployment(raw, "models");
  assert.deepEqual(
    findings.map(({ path, message }) => [path, message]),
    [[["spec", "protocol"], "must be a string"]],
  );
});
