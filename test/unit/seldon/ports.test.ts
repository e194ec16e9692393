import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeDeployment } from "../../../src/seldon/decode.ts";
import { explainerPort, isNoEngine, type Ports, predictorPorts } from "../../../src/seldon/ports.ts";
import type { Predictor, SeldonDeployment } from "../../../src/seldon/types.ts";
import type { Json } from "../../support/deployment.ts";

const engine: Ports = { http: 8000, grpc: 5001 };

function decoded(predictors: readonly Json[]): SeldonDeployment {
  const { deployment } = decodeDeployment({ metadata: { name: "iris" }, spec: { predictors } }, "models");
  assert.ok(deployment);
  return deployment;
}

const portsOf = (...predictors: Json[]): readonly Ports[] => predictorPorts(decoded(predictors), engine);

const noEngine = { annotations: { "seldon.io/no-engine": "true" } };
const container = (name: string, ...ports: Json[]): Json => ({ name, ports });
const pod = (...containers: Json[]): Json => ({ componentSpecs: [{ spec: { containers } }] });

test("with an engine, its ports, whatever the containers declare", () => {
  assert.deepEqual(
    portsOf({ name: "a", graph: { name: "m" }, ...pod(container("m", { name: "http", containerPort: 1 })) }),
    [engine],
  );
});

test("without an engine, the ports that the model's container names", () => {
  const declared = pod(
    container("sidecar", { name: "http", containerPort: 1 }),
    container(
      "m",
      { name: "metrics", containerPort: 2 },
      { name: "grpc", containerPort: 3 },
      { name: "http", containerPort: 4 },
      { name: "http", containerPort: 5 },
    ),
  );
  assert.deepEqual(portsOf({ name: "a", graph: { name: "m" }, ...noEngine, ...declared }), [
    { http: 4, grpc: 3 },
  ]);
});

test("without a named port, numbers by distinct container name over all predictors", () => {
  assert.deepEqual(
    portsOf(
      { name: "a", graph: { name: "m" }, ...noEngine, ...pod(container("m")) },
      { name: "b", graph: { name: "x" }, ...pod(container("m"), container("x"), container("y")) },
      { name: "c", graph: { name: "y" }, ...noEngine, ...pod(container("z"), container("y")) },
      { name: "d", graph: { name: "z" }, ...noEngine, ...pod(container("z")) },
    ),
    [{ http: 9000, grpc: 9500 }, engine, { http: 9002, grpc: 9502 }, { http: 9003, grpc: 9503 }],
  );
});

test("one named port leaves the other to its number", () => {
  assert.deepEqual(
    portsOf({
      name: "a",
      graph: { name: "m" },
      ...noEngine,
      ...pod(container("m", { name: "grpc", containerPort: 7 })),
    }),
    [{ http: 9000, grpc: 7 }],
  );
});

test("prepackaged servers count like containers, built-in units do not", () => {
  assert.deepEqual(
    portsOf(
      {
        name: "a",
        ...noEngine,
        graph: {
          name: "router",
          implementation: "SIMPLE_ROUTER",
          children: [{ name: "s", implementation: "SKLEARN_SERVER" }],
        },
      },
      { name: "b", ...noEngine, graph: { name: "t", implementation: "TRITON_SERVER" } },
    ),
    [
      { http: 9000, grpc: 9500 },
      { http: 9001, grpc: 9501 },
    ],
  );
});

test("no-engine is any spelling of true", () => {
  const predictor = (value: string): Predictor =>
    decoded([{ name: "a", annotations: { "seldon.io/no-engine": value } }]).spec.predictors[0] as Predictor;
  for (const value of ["true", "True", "TRUE"]) assert.equal(isNoEngine(predictor(value)), true);
  for (const value of ["false", "", "1", "yes", " true"]) assert.equal(isNoEngine(predictor(value)), false);
});

test("an explainer listens on its service_port, or on 9000", () => {
  const port = (explainer: Json): number =>
    explainerPort(decoded([{ name: "a", explainer }]).spec.predictors[0] as Predictor);
  assert.equal(port({ type: "AnchorTabular" }), 9000);
  assert.equal(port({ type: "AnchorTabular", endpoint: null }), 9000);
  assert.equal(port({ type: "AnchorTabular", endpoint: { service_port: 0 } }), 9000);
  assert.equal(port({ type: "AnchorTabular", endpoint: { service_port: 9123 } }), 9123);
});
