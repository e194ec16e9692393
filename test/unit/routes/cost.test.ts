import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mutate } from "../../../src/admission/mutate.ts";
import type { AdmissionRequest } from "../../../src/admission/types.ts";
import { validate } from "../../../src/admission/validate.ts";
import { snapshotOf } from "../../../src/cluster/snapshot.ts";
import type { ClusterView } from "../../../src/cluster/view.ts";
import type { EngineSettings } from "../../../src/config/settings.ts";
import { decodeDeployment } from "../../../src/seldon/decode.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";
import { settingsWith } from "../../support/injection.ts";
import { recording } from "../../support/recording-cluster.ts";

const custom = (name: string, prefix: string, more = ""): string =>
  `apiVersion: getambassador.io/v2\nkind: Mapping\nname: ${name}\nprefix: ${prefix}\nservice: x.models:8000\n${more}`;

const annotated = (name: string, annotations: Json = {}): Json =>
  deploymentOf({
    name,
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [`seldon.io/ambassador-${key}`, value]),
    ),
  });

/** Everything that has to do with everything else. */
const involved: readonly Json[] = [
  annotated("iris"),
  annotated("iris-shadow", { "service-name": "iris", shadow: "true" }),
  annotated("iris-beta", { "service-name": "iris", header: "location: london" }),
  annotated("iris-copy", { "service-name": "iris", header: "location: london", shadow: "true" }),
  annotated("iris-custom", { config: custom("a", "/seldon/models/iris/", "shadow: true\n") }),
  annotated("iris-below", { config: custom("b", "/seldon/models/iris/below/") }),
  deploymentOf({ name: "iris", namespace: "staging" }),
];

/** What there is besides: in the same namespaces, of every kind, on routes of its own. */
function bystander(index: number): Json {
  const name = `other-${index}`;
  const kinds: readonly Json[] = [
    deploymentOf({ name, namespace: index % 2 === 0 ? "models" : "staging" }),
    annotated(name, { "service-name": `other-${index - 1}`, header: "location: london" }),
    annotated(name, { config: custom("c", `/others/${index}/`) }),
    annotated(name, { config: custom("d", `/seldon/models/other-${index - 1}/below/`) }),
    deploymentOf({ name, predictors: [{ name: "main", svcName: `service-${index}` }] }),
  ];
  return kinds[index % kinds.length] ?? {};
}

const clusterOf = (bystanders: number): ClusterView =>
  snapshotOf(
    [...involved, ...Array.from({ length: bystanders }, (_, index) => bystander(index))].flatMap((raw) => {
      const { deployment } = decodeDeployment(raw, "models");
      return deployment ? [deployment] : [];
    }),
  );

/** How much of the cluster is looked at for one request. */
function costOf(request: AdmissionRequest, settings: EngineSettings, below: ClusterView) {
  const cluster = recording(below);
  mutate(request, { settings, cluster });
  const { allowed, reports } = validate(request, { settings, cluster });
  return {
    lookups: cluster.lookups(),
    answered: cluster.answered(),
    allowed,
    rules: reports.map(({ rule }) => rule),
  };
}

const written: fc.Arbitrary<Json> = fc.constantFrom(
  ...involved,
  annotated("iris", { id: "blue" }),
  annotated("iris", { config: custom("e", "/others/") }),
  annotated("iris", { config: custom("f", "/") }),
  annotated("new", { config: custom("g", "/seldon/staging/iris/") }),
  annotated("new-shadow", { "service-name": "iris", shadow: "true", header: "location: london" }),
  deploymentOf({
    name: "new-one-of-many-dashes",
    predictors: [{ name: "a" }, { name: "b", svcName: "service" }],
  }),
);

const request: fc.Arbitrary<AdmissionRequest> = fc
  .record({
    object: written,
    operation: fc.constantFrom("CREATE" as const, "UPDATE" as const, "DELETE" as const),
  })
  .map(({ object, operation }) => ({
    uid: "8a7c2d1e",
    kind: { group: "machinelearning.seldon.io", version: "v1", kind: "SeldonDeployment" },
    namespace: "models",
    operation,
    ...(operation === "DELETE" ? { oldObject: object } : { object }),
    ...(operation === "UPDATE" && { oldObject: annotated(object.metadata.name) }),
  }));

test("what one request costs does not grow with the cluster", () => {
  const [few, many] = [clusterOf(10), clusterOf(2000)];
  const settings = fc.record({
    singleNamespace: fc.boolean(),
    namespaces: fc.constantFrom([], ["models", "staging"]),
  });
  fc.assert(
    fc.property(request, settings, (asked, seldon) => {
      const those = settingsWith({ seldon });
      assert.deepEqual(costOf(asked, those, many), costOf(asked, those, few));
    }),
  );
});
