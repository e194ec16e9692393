import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { snapshotOf } from "../../../src/cluster/snapshot.ts";
import { defaultEngineSettings, type EngineSettings } from "../../../src/config/settings.ts";
import { subjectOf } from "../../../src/mapping/subject.ts";
import { homesOf, neighboursOf } from "../../../src/routes/neighbours.ts";
import { decodeDeployment } from "../../../src/seldon/decode.ts";
import type { SeldonDeployment } from "../../../src/seldon/types.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";
import { settingsWith } from "../../support/injection.ts";

function decoded(raw: Json): SeldonDeployment {
  const { deployment } = decodeDeployment(raw, "models");
  assert.ok(deployment);
  return deployment;
}

const named = (name: string, annotations: Json = {}, namespace = "models"): Json =>
  deploymentOf({ name, namespace, annotations });

const attached = { "seldon.io/ambassador-service-name": "iris" };
const shadow = { ...attached, "seldon.io/ambassador-shadow": "true" };
const london = { "seldon.io/ambassador-header": "location: london" };
const custom = (prefix: string): Json => ({
  "seldon.io/ambassador-config": `apiVersion: getambassador.io/v2\nkind: Mapping\nname: x\nprefix: ${prefix}\nservice: x.models:8000\n`,
});

/** Who shares a route with a deployment, each once: `namespace/name`. */
function beside(
  raw: Json,
  others: readonly Json[],
  settings: EngineSettings = defaultEngineSettings,
): readonly string[] {
  const cluster = snapshotOf(others.map(decoded));
  const { own, besides } = neighboursOf(subjectOf(decoded(raw), settings), { settings, cluster });
  const owners = own.flatMap((mapping) => besides(mapping).map(({ owner }) => owner));
  return [...new Set(owners.map(({ namespace, name }) => `${namespace}/${name}`))].toSorted();
}

describe("beside a deployment are", () => {
  test("those whose shadows copy its route, however they came to it", () => {
    const others = [named("copy", shadow), named("author", custom("/seldon/models/iris/"))];
    assert.deepEqual(beside(named("iris"), others), ["models/author", "models/copy"]);
  });

  test("not those with a header, which is another route", () => {
    assert.deepEqual(beside(named("iris"), [named("beta", { ...attached, ...london })]), []);
  });

  test("those with the same header on the same target", () => {
    const others = [named("iris"), named("alpha", { ...attached, ...london })];
    assert.deepEqual(beside(named("beta", { ...attached, ...london }), others), ["models/alpha"]);
  });

  test("not itself, as it was before", () => {
    assert.deepEqual(beside(named("iris"), [named("iris")]), []);
  });

  test("not those that another Ambassador serves", () => {
    const blue = { ...custom("/seldon/models/iris/"), "seldon.io/ambassador-id": "blue" };
    assert.deepEqual(beside(named("iris", { "seldon.io/ambassador-id": "blue" }), [named("a", blue)]), []);
  });

  test("authors of the same prefix in any namespace", () => {
    const others = [named("tulips", custom("/flowers/"), "staging"), named("trees", custom("/trees/"))];
    assert.deepEqual(beside(named("iris", custom("/flowers/")), others), ["staging/tulips"]);
  });
});

describe("in single-namespace mode", () => {
  const others = [named("iris", {}, "staging"), named("x", custom("/flowers/"), "staging")];
  const apart = settingsWith({ seldon: { singleNamespace: true } });
  const together = settingsWith({ seldon: { singleNamespace: true, namespaces: ["models", "staging"] } });

  test("namesakes share a route only where the settings say so", () => {
    assert.deepEqual(beside(named("iris"), others), []);
    assert.deepEqual(beside(named("iris"), others, apart), []);
    assert.deepEqual(beside(named("iris"), others, together), ["staging/iris"]);
  });

  test("so do authors of one prefix", () => {
    assert.deepEqual(beside(named("a", custom("/flowers/")), others, apart), []);
    assert.deepEqual(beside(named("a", custom("/flowers/")), others, together), ["staging/x"]);
  });
});

describe("the deployment by whose name a route is generated", () => {
  const homes = (fields: Json): readonly string[] =>
    homesOf(fields, ["models"]).map(({ namespace, name }) => `${namespace}/${name}`);

  test("is in the prefix, with the namespace or without", () => {
    assert.deepEqual(homes({ prefix: "/seldon/staging/iris/" }), ["staging/iris", "models/staging"]);
    assert.deepEqual(homes({ prefix: "/seldon/iris/" }), ["models/iris"]);
  });

  test("is one of two where it is called like an explainer", () => {
    assert.deepEqual(homes({ prefix: "/seldon/models/iris-explainer/main/" }), [
      "models/iris-explainer",
      "models/iris",
      "models/models",
    ]);
  });

  test("is in the headers of gRPC", () => {
    assert.deepEqual(homes({ prefix: "/x", headers: { seldon: "iris", namespace: "staging" } }), [
      "staging/iris",
    ]);
    assert.deepEqual(homes({ prefix: "/x", headers: { seldon: "iris" } }), ["models/iris"]);
  });

  test("is nobody elsewhere", () => {
    assert.deepEqual(homes({ prefix: "/flowers/iris/" }), []);
    assert.deepEqual(homes({ prefix: 1, headers: { seldon: true } }), []);
    assert.deepEqual(homes({}), []);
  });
});
