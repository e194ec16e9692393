import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyCluster, snapshotOf } from "../../../src/cluster/snapshot.ts";
import { decodeDeployment } from "../../../src/seldon/decode.ts";
import type { SeldonDeployment } from "../../../src/seldon/types.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";

function decoded(raw: Json): SeldonDeployment {
  const { deployment } = decodeDeployment(raw, "models");
  assert.ok(deployment);
  return deployment;
}

const of = (name: string, fields: Parameters<typeof deploymentOf>[0] = {}): SeldonDeployment =>
  decoded(deploymentOf({ ...fields, name }));

const attachedTo = (target: string): Json => ({ "seldon.io/ambassador-service-name": target });

const names = (deployments: Iterable<SeldonDeployment>): readonly (string | undefined)[] =>
  [...deployments].map(({ name }) => name);

test("finds by namespace and name", () => {
  const view = snapshotOf([of("iris"), of("iris", { namespace: "other" }), of("rose")]);
  assert.equal(view.find("models", "iris")?.namespace, "models");
  assert.equal(view.find("other", "iris")?.namespace, "other");
  assert.equal(view.find("other", "rose"), undefined);
  assert.deepEqual(names(view.inNamespace("models")), ["iris", "rose"]);
  assert.deepEqual(names(view.inNamespace("nowhere")), []);
});

test("a later one of the same name replaces the earlier in every answer", () => {
  const view = snapshotOf([
    of("copy", { annotations: attachedTo("iris") }),
    of("copy", { annotations: attachedTo("rose") }),
  ]);
  assert.deepEqual(names(view.inNamespace("models")), ["copy"]);
  assert.deepEqual(names(view.attachedTo("models", "iris")), []);
  assert.deepEqual(names(view.attachedTo("models", "rose")), ["copy"]);
});

test("those on their way out, and those without a name, are not there", () => {
  const leaving = deploymentOf({ name: "iris" });
  leaving.metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
  const unnamed = decoded({ metadata: { generateName: "iris-" }, spec: {} });
  const view = snapshotOf([of("iris"), decoded(leaving), unnamed]);
  assert.equal(view.find("models", "iris"), undefined);
  assert.deepEqual(names(view.inNamespace("models")), []);
});

test("attachments are read as the operator reads them, within one namespace", () => {
  const view = snapshotOf([
    of("itself", { annotations: attachedTo("itself") }),
    of("in-metadata", { annotations: attachedTo("iris") }),
    of("in-spec", { annotations: attachedTo("rose"), inSpec: attachedTo("iris") }),
    of("emptied", { annotations: attachedTo("iris"), inSpec: attachedTo("") }),
    of("elsewhere", { namespace: "other", annotations: attachedTo("iris") }),
  ]);
  assert.deepEqual(names(view.attachedTo("models", "iris")), ["in-metadata", "in-spec"]);
  assert.deepEqual(names(view.attachedTo("other", "iris")), ["elsewhere"]);
  assert.deepEqual(names(view.attachedTo("models", "itself")), []);
});

test("names that JavaScript knows are names like others", () => {
  const view = snapshotOf([of("constructor"), of("__proto__")]);
  assert.equal(view.find("models", "constructor")?.name, "constructor");
  assert.equal(view.find("models", "__proto__")?.name, "__proto__");
  assert.equal(emptyCluster().find("models", "toString"), undefined);
});
