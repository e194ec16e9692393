import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ClusterView } from "../../../src/cluster/view.ts";
import { defaultEngineSettings as settings } from "../../../src/config/settings.ts";
import { customRoutes, isAttached, joinedGroup, targetOf } from "../../../src/mapping/join.ts";
import { type Subject, subjectOf } from "../../../src/mapping/subject.ts";
import { decodeDeployment } from "../../../src/seldon/decode.ts";
import { contextOf } from "../../support/admission.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";
import { settingsWith } from "../../support/injection.ts";

function subject(name: string, annotations: Json = {}): Subject {
  const { deployment } = decodeDeployment(deploymentOf({ name, annotations }), "models");
  assert.ok(deployment);
  return subjectOf(deployment, settings);
}

const clusterOf = (...existing: Json[]): ClusterView => contextOf({ object: {}, existing }).cluster;

const attached = { "seldon.io/ambassador-service-name": "iris" };
const shadow = { ...attached, "seldon.io/ambassador-shadow": "true" };
const london = { "seldon.io/ambassador-header": "location: london" };
const limits = { "seldon.io/ambassador-circuit-breakers-max-requests": "5" };

const joined = (own: Json, ...existing: Json[]) =>
  joinedGroup(subject("copy", own), { settings, cluster: clusterOf(...existing) });

describe("a deployment is attached", () => {
  test("by the name of another", () => {
    assert.equal(isAttached(subject("copy", attached)), true);
    assert.equal(isAttached(subject("iris", attached)), false);
    assert.equal(isAttached(subject("copy")), false);
  });

  test("not with a configuration of its own", () => {
    assert.equal(isAttached(subject("copy", { ...attached, "seldon.io/ambassador-config": "a: b" })), false);
  });

  test("to one of its own namespace", () => {
    const elsewhere = clusterOf(deploymentOf({ name: "iris", namespace: "other" }));
    assert.equal(targetOf(subject("copy", attached), { settings, cluster: elsewhere }), undefined);
    const here = clusterOf(deploymentOf({ name: "iris" }));
    assert.equal(targetOf(subject("copy", attached), { settings, cluster: here })?.deployment.name, "iris");
  });
});

describe("a shadow joins", () => {
  const iris = (annotations: Json = {}): Json => deploymentOf({ name: "iris", annotations });

  test("nothing when it is no shadow, or its target is not there", () => {
    assert.equal(joined(attached, iris()), undefined);
    assert.equal(joined(shadow), undefined);
  });

  test("the target's own route, with what its group must share", () => {
    assert.deepEqual(joined(shadow, iris()), { host: "*", headers: {}, circuitBreakers: undefined });
    assert.deepEqual(joined(shadow, iris({ ...london, ...limits })), {
      host: "*",
      headers: { headers: { location: "london" } },
      circuitBreakers: [{ max_requests: 5 }],
    });
  });

  test("by header, whoever answers this header on the target", () => {
    const own = { ...shadow, ...london };
    const guest = deploymentOf({ name: "iris-london", annotations: { ...attached, ...london, ...limits } });
    const other = deploymentOf({
      name: "iris-paris",
      annotations: { ...attached, "seldon.io/ambassador-header": "location: paris" },
    });
    assert.equal(joined(own, iris()), undefined);
    assert.equal(joined(own, iris(), other), undefined);
    assert.deepEqual(joined(own, iris(), other, guest)?.circuitBreakers, [{ max_requests: 5 }]);
    assert.deepEqual(joined(own, iris(london)), {
      host: "*",
      headers: { headers: { location: "london" } },
      circuitBreakers: undefined,
    });
  });

  test("no other shadow", () => {
    const twin = deploymentOf({ name: "twin", annotations: { ...shadow, ...london } });
    assert.equal(joined({ ...shadow, ...london }, iris(), twin), undefined);
  });

  test("the Mapping of a custom configuration that has its conditions", () => {
    const custom = (fields: string): Json =>
      iris({
        "seldon.io/ambassador-config": `{kind: Mapping, name: a, prefix: /seldon/models/iris/, ${fields}}`,
      });
    assert.deepEqual(joined(shadow, custom("circuit_breakers: [{max_retries: 1}]")), {
      host: "*",
      headers: {},
      circuitBreakers: [{ max_retries: 1 }],
    });
    assert.equal(joined(shadow, custom("headers: {location: london}")), undefined);
    assert.equal(joined(shadow, custom("precedence: 5")), undefined);
    assert.deepEqual(joined({ ...shadow, ...london }, custom("headers: {location: london}")), {
      host: "*",
      headers: { headers: { location: "london" } },
      circuitBreakers: undefined,
    });
    assert.equal(joined(shadow, iris({ "seldon.io/ambassador-config": "a: [" })), undefined);
  });

  test("the Mapping of the host that is set, else that of every host", () => {
    const hosted = settingsWith({ ambassador: { hostname: "a.example.com" } });
    const of = (...hosts: string[]): unknown => {
      const texts = hosts.map(
        (host, index) => `{kind: Mapping, name: m${index}, prefix: /seldon/models/iris/, ${host}}`,
      );
      const cluster = clusterOf(iris({ "seldon.io/ambassador-config": texts.join("\n---\n") }));
      return joinedGroup(subject("copy", shadow), { settings: hosted, cluster })?.host;
    };
    assert.equal(of("host: '*'", "host: a.example.com"), "a.example.com");
    assert.equal(of("host: b.example.com", "weight: 5"), "*");
    assert.equal(of("host: b.example.com"), undefined);
    assert.equal(
      joinedGroup(subject("copy", shadow), { settings: hosted, cluster: clusterOf(iris()) })?.host,
      "a.example.com",
    );
  });
});

test("custom routes are the Mappings under the deployment's own prefix", () => {
  const text =
    "{kind: Mapping, name: a, prefix: /seldon/models/iris/}\n---\n{kind: Mapping, name: b, prefix: /x/}\n";
  assert.deepEqual(
    customRoutes(subject("iris", { "seldon.io/ambassador-config": text })).map(({ name }) => name),
    ["a"],
  );
  assert.deepEqual(customRoutes(subject("iris")), []);
});
