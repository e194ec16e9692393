import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeDeployment } from "../../../src/seldon/decode.ts";
import { eraOf } from "../../../src/seldon/era.ts";
import { isSubdomain, type Routing, readRouting } from "../../../src/seldon/routing.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";

function routing(annotations: Json, inSpec: Json = {}): Routing {
  const { deployment } = decodeDeployment(deploymentOf({ annotations, inSpec }), "models");
  assert.ok(deployment);
  return readRouting(deployment, eraOf("1.18"));
}

const problemsOf = (annotations: Json): readonly string[] =>
  routing(annotations).problems.map(({ kind }) => kind);

test("nothing written is the operator's defaults", () => {
  assert.deepEqual(routing({}), {
    serviceName: undefined,
    shadow: false,
    header: undefined,
    regexHeader: undefined,
    ambassadorId: undefined,
    restTimeoutMs: 3000,
    grpcTimeoutMs: 3000,
    retries: 0,
    circuitBreakers: undefined,
    weight: undefined,
    problems: [],
  });
});

test("an empty value is none", () => {
  const written = routing({
    "seldon.io/rest-timeout": "",
    "seldon.io/ambassador-shadow": "",
    "seldon.io/ambassador-header": "",
    "seldon.io/ambassador-service-name": "",
  });
  assert.deepEqual(written, routing({}));
});

describe("a number", () => {
  for (const [text, value] of [
    ["0", 0],
    ["007", 7],
    ["2147483647", 2147483647],
  ] as const)
    test(`may be ${text}`, () => {
      assert.equal(routing({ "seldon.io/rest-timeout": text }).restTimeoutMs, value);
    });

  for (const text of [
    "-1",
    "+5",
    "1.5",
    "1e3",
    " 5",
    "5\n",
    "0x10",
    "2147483648",
    "5s",
    "٣",
    "9".repeat(400),
  ])
    test(`may not be ${JSON.stringify(text.slice(0, 20))}`, () => {
      assert.deepEqual(problemsOf({ "seldon.io/rest-timeout": text }), ["integer"]);
      assert.equal(routing({ "seldon.io/rest-timeout": text }).restTimeoutMs, 3000);
    });
});

describe("a place", () => {
  test("spec wins over metadata", () => {
    const key = "seldon.io/rest-timeout";
    assert.equal(routing({ [key]: "1000" }, { [key]: "2000" }).restTimeoutMs, 2000);
  });

  test("spec wins even when it is empty", () => {
    const key = "seldon.io/rest-timeout";
    assert.equal(routing({ [key]: "1000" }, { [key]: "" }).restTimeoutMs, 3000);
  });

  test("a problem points to where the value stands", () => {
    const { problems } = routing({}, { "seldon.io/ambassador-retries": "x" });
    assert.deepEqual(
      problems.map(({ path }) => path),
      [["spec", "annotations", "seldon.io/ambassador-retries"]],
    );
  });
});

describe("the shadow annotation", () => {
  test("is true or false", () => {
    assert.equal(routing({ "seldon.io/ambassador-shadow": "true" }).shadow, true);
    assert.equal(routing({ "seldon.io/ambassador-shadow": "false" }).shadow, false);
  });

  for (const text of ["True", "1", "yes", " true"])
    test(`is not ${JSON.stringify(text)}`, () => {
      assert.deepEqual(problemsOf({ "seldon.io/ambassador-shadow": text }), ["shadow"]);
    });
});

describe("an ambassador-id", () => {
  for (const text of ["blue", "my_instance", "a b", "n", "_automatic_"])
    test(`may be ${text}`, () => {
      assert.equal(routing({ "seldon.io/ambassador-id": text }).ambassadorId, text);
    });

  for (const text of ["default,blue", "[blue]", " blue", "a\nb", "\ud800", "$ID"])
    test(`may not be ${JSON.stringify(text)}`, () => {
      assert.deepEqual(problemsOf({ "seldon.io/ambassador-id": text }), ["ambassador-id"]);
    });
});

test("circuit breakers hold those that are written, in one order", () => {
  const { circuitBreakers } = routing({
    "seldon.io/ambassador-circuit-breakers-max-retries": "3",
    "seldon.io/ambassador-circuit-breakers-max-connections": "0",
    "seldon.io/ambassador-circuit-breakers-max-requests": "",
  });
  assert.equal(JSON.stringify(circuitBreakers), '{"max_connections":0,"max_retries":3}');
});

test("a regex-header with a broken expression is one problem, of its expression", () => {
  assert.deepEqual(problemsOf({ "seldon.io/ambassador-regex-header": "x: (" }), ["regex"]);
  assert.deepEqual(problemsOf({ "seldon.io/ambassador-regex-header": "x" }), ["header"]);
});

test("a name of an object", () => {
  for (const name of ["a", "iris-2", "iris.v2", "0", "a".repeat(253)]) assert.ok(isSubdomain(name), name);
  for (const name of ["", "-a", "a-", "a..b", ".a", "Iris", "a_b", "a/b", "a\n", "a".repeat(254)])
    assert.ok(!isSubdomain(name), name);
});
