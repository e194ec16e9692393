import assert from "node:assert/strict";
import { test } from "node:test";
import { guarded, ViewUnavailable } from "../../../src/cluster/guarded.ts";
import { overlay } from "../../../src/cluster/overlay.ts";
import { emptyCluster, snapshotOf } from "../../../src/cluster/snapshot.ts";
import type { ClusterView } from "../../../src/cluster/view.ts";
import { groupKey } from "../../../src/mapping/group.ts";
import { decodeDeployment } from "../../../src/seldon/decode.ts";
import type { SeldonDeployment } from "../../../src/seldon/types.ts";
import { type DeploymentFields, deploymentOf } from "../../support/deployment.ts";

function of(fields: DeploymentFields): SeldonDeployment {
  const { deployment } = decodeDeployment(deploymentOf(fields), "models");
  assert.ok(deployment);
  return deployment;
}

const configuration = (prefix: string) => ({
  "seldon.io/ambassador-config": `---\nkind: Mapping\nname: m\nprefix: ${prefix}\nservice: s\n`,
});
const attached = { "seldon.io/ambassador-service-name": "iris" };

/** All that a view tells of one deployment's world. */
const told = (view: ClusterView) => ({
  found: view.find("models", "guest"),
  namespace: new Set(view.inNamespace("models")),
  attached: new Set(view.attachedTo("models", "iris")),
  routing: new Set(view.routing(groupKey({ prefix: "/a/b/" }))),
  below: new Set(view.routingBelow("/a/")),
  naming: new Set(view.namingService("models", "mine")),
});

const iris = of({ name: "iris" });
const old = of({ name: "guest", annotations: { ...attached, ...configuration("/a/c/") } });
const fresh = of({
  name: "guest",
  annotations: { ...attached, ...configuration("/a/b/") },
  predictors: [{ name: "default", svcName: "mine" }],
});

const name = { namespace: "models", name: "guest" };

test("tells of one deployment more, in every answer", () => {
  assert.deepEqual(
    told(overlay(snapshotOf([iris]), { ...name, deployment: fresh })),
    told(snapshotOf([iris, fresh])),
  );
});

test("replaces what the view below knows of the name", () => {
  const view = overlay(snapshotOf([iris, old]), { ...name, deployment: fresh });
  assert.deepEqual(told(view), told(snapshotOf([iris, fresh])));
});

test("hides what is known not to exist, and nothing of another namespace", () => {
  const elsewhere = of({ name: "guest", namespace: "other" });
  const view = overlay(snapshotOf([iris, old, elsewhere]), { ...name, deployment: undefined });
  assert.deepEqual(told(view), told(snapshotOf([iris])));
  assert.equal(view.find("other", "guest"), elsewhere);
});

test("a guarded view answers while there is no problem, and never with nothing instead", () => {
  let problem: string | undefined = "not read yet";
  const view = guarded(snapshotOf([iris, fresh]), () => problem);
  const unavailable = { name: "ViewUnavailable", message: "not read yet" };
  assert.throws(() => view.find("models", "guest"), unavailable);
  assert.throws(() => view.inNamespace("models"), ViewUnavailable);
  assert.throws(() => view.attachedTo("models", "iris"), ViewUnavailable);
  assert.throws(() => view.routing("/"), ViewUnavailable);
  assert.throws(() => view.routingBelow("/"), ViewUnavailable);
  assert.throws(() => view.namingService("models", "mine"), ViewUnavailable);
  problem = undefined;
  assert.deepEqual(told(view), told(snapshotOf([iris, fresh])));
  assert.notDeepEqual(told(view), told(emptyCluster()));
  assert.equal(told(view).routing.size, 1);
});
