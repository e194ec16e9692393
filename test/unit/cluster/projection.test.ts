import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mutate } from "../../../src/admission/mutate.ts";
import { Pool } from "../../../src/cluster/intern.ts";
import { isSameState, type ProjectedDeployment, project } from "../../../src/cluster/projection.ts";
import { snapshotOf } from "../../../src/cluster/snapshot.ts";
import type { EngineSettings } from "../../../src/config/settings.ts";
import { isGenerated } from "../../../src/mapping/marker.ts";
import { subjectOf } from "../../../src/mapping/subject.ts";
import { effectiveMappings } from "../../../src/routes/effective.ts";
import { decodeDeployment } from "../../../src/seldon/decode.ts";
import type { SeldonDeployment } from "../../../src/seldon/types.ts";
import { contextOf, mutated } from "../../support/admission.ts";
import { hostileObject, plausibleDeployment, poisonedDeployment } from "../../support/arbitraries.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";
import { settingsWith } from "../../support/injection.ts";

const runs = { numRuns: 300 };

/** As the API server returns it. */
function stored(raw: Json): Json {
  const { metadata, ...rest } = raw;
  const { name = "iris", namespace } = metadata;
  return { ...rest, metadata: { ...metadata, name, namespace: namespace || "models", resourceVersion: "7" } };
}

function projected(raw: Json, pool = new Pool()): ProjectedDeployment {
  const deployment = project(stored(raw), pool);
  assert.ok(deployment);
  return deployment;
}

const anySettings: fc.Arbitrary<EngineSettings> = fc
  .record({
    carrier: fc.constantFrom("metadata" as const, "spec" as const, "predictor" as const),
    operatorVersion: fc.constantFrom("0.2", "0.5", "1.1", "1.18"),
    singleNamespace: fc.boolean(),
  })
  .map(({ carrier, ...seldon }) => settingsWith({ carrier, seldon }));

const routesOf = (
  deployment: SeldonDeployment,
  others: Iterable<SeldonDeployment>,
  settings: EngineSettings,
) => effectiveMappings(subjectOf(deployment, settings), { settings, cluster: snapshotOf(others) });

test("routes like the whole object, and lets others join it alike", () => {
  const pool = new Pool();
  fc.assert(
    fc.property(
      fc.oneof(plausibleDeployment, poisonedDeployment),
      plausibleDeployment,
      anySettings,
      (first, target, settings) => {
        target.metadata.name = "target";
        const own = stored(first);
        target.metadata.namespace = own.metadata.namespace;
        const written = [own, target].map((raw) => mutated({ object: stored(raw), settings }) as Json);
        const whole = written.map((raw) => decodeDeployment(raw, "models").deployment);
        const [exact, second] = whole;
        if (exact?.name === undefined || second === undefined) return;
        const reduced = written.map((raw) => projected(raw, pool));
        assert.deepEqual(
          routesOf(reduced[0] as SeldonDeployment, reduced, settings),
          routesOf(exact, [exact, second], settings),
        );
      },
    ),
    runs,
  );
});

test("keeps any object that exists, whatever a lax CRD let in", () => {
  fc.assert(
    fc.property(hostileObject, (object) => {
      const raw = stored({ ...(object as Json), metadata: {} });
      const { name, namespace, resourceVersion } = projected(raw);
      assert.deepEqual([name, namespace, resourceVersion], ["iris", "models", "7"]);
    }),
    runs,
  );
  assert.equal(project({ metadata: { name: "iris" } }, new Pool()), undefined);
  assert.equal(project(null, new Pool()), undefined);
  const odd = projected({ metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" }, spec: { predictors: 1 } });
  assert.equal(odd.deleting, true);
});

test("a text made here is cut to the line by which it is known, another's is kept", () => {
  for (const carrier of ["metadata", "spec", "predictor"] as const) {
    const settings = settingsWith({ carrier });
    const { annotations, spec } = projected(mutated({ object: deploymentOf(), settings }) as Json);
    const texts = [annotations, spec.annotations, ...spec.predictors.map((each) => each.annotations)]
      .flatMap((each) => [...each.values()])
      .filter(isGenerated);
    assert.equal(texts.length, 1, carrier);
    assert.doesNotMatch(texts[0] ?? "", /\n/);
  }
  const own = "---\nkind: Mapping\nprefix: /mine/\n";
  const { annotations } = projected(deploymentOf({ annotations: { "seldon.io/ambassador-config": own } }));
  assert.equal(annotations.get("seldon.io/ambassador-config"), own);
});

test("keeps the annotations that are read, and no others", () => {
  const { annotations } = projected(
    deploymentOf({
      annotations: {
        "kubectl.kubernetes.io/last-applied-configuration": "{}",
        "seldon.io/ambassador-header": "location: london",
        "getambassador.io/config": "---",
        team: "botany",
      },
    }),
  );
  assert.deepEqual([...annotations.keys()], ["seldon.io/ambassador-header", "getambassador.io/config"]);
});

test("the controller id is kept, of what cannot be read too, and a change of it is a change", () => {
  const labelled = (id: string, more: Json = {}): Json => {
    const raw = stored(deploymentOf({ name: "iris", ...more }));
    return { ...raw, metadata: { ...raw.metadata, labels: { "seldon.io/controller-id": id } } };
  };
  const [blue, green, none] = ["blue", "green", ""].map((id) => projected(labelled(id)));
  assert.deepEqual(
    [blue?.controllerId, green?.controllerId, none?.controllerId],
    ["blue", "green", undefined],
  );
  assert.ok(blue && green && !isSameState(blue, green));
  assert.equal(projected({ ...labelled("blue"), spec: 5 }).controllerId, "blue");
});

test("equal parts are one object, and nobody can change it", () => {
  const pool = new Pool();
  const one = projected(deploymentOf({ name: "a" }), pool);
  const other = projected(deploymentOf({ name: "b" }), pool);
  assert.equal(one.spec.predictors, other.spec.predictors);
  assert.equal(one.annotations, other.annotations);
  assert.ok(Object.isFrozen(one) && Object.isFrozen(one.spec) && Object.isFrozen(one.spec.predictors));
  const named = projected(deploymentOf({ predictors: [{ name: "default", svcName: "mine" }] }), pool);
  assert.equal(named.spec.predictors[0]?.annotations.get("seldon.io/svc-name"), "mine");
});

test("what it forgets makes no difference", () => {
  const pool = new Pool();
  for (let count = 0; count < 10_000; count++) {
    const name = `predictor-${count}`;
    const { spec } = projected(deploymentOf({ predictors: [{ name }] }), pool);
    assert.equal(spec.predictors[0]?.name, name);
  }
});

test("a shadow is mutated alike beside a whole and a projected target", () => {
  const breakers = { "seldon.io/ambassador-circuit-breakers-max-requests": "7" };
  const target = stored(deploymentOf({ name: "target", annotations: breakers }));
  const shadow = deploymentOf({
    annotations: { "seldon.io/ambassador-service-name": "target", "seldon.io/ambassador-shadow": "true" },
  });
  const request = {
    uid: "1",
    kind: { group: "machinelearning.seldon.io", version: "v1", kind: "SeldonDeployment" },
    operation: "CREATE" as const,
    object: shadow,
  };
  const whole = contextOf({ object: shadow, existing: [target] });
  const context = { ...whole, cluster: snapshotOf([projected(target)]) };
  assert.deepEqual(mutate(request, context), mutate(request, whole));
  assert.match(JSON.stringify(mutate(request, whole)), /max_requests.{1,5}7/);
});
