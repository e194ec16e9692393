import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { admit, type Outcome } from "./support/admission.ts";
import { carriedBy, type Document, documentsOf, mappingsIn, settingsWith } from "./support/injection.ts";

// Seldon's page "Deployment Options running Seldon Core with Ambassador", section by section: its sentences,
// its examples as inputs, and what they become.

const namespace = "seldon";

const model = `
  - graph:
      children: []
      name: classifier
      type: MODEL
      endpoint:
        type: REST
    componentSpecs:
    - spec:
        containers:
        - image: seldonio/mock_classifier:1.0
          name: classifier
    name: main
    replicas: 1`;

const deployment = (name: string, annotations: Record<string, string> = {}): unknown => ({
  ...parse(`
apiVersion: machinelearning.seldon.io/v1alpha2
kind: SeldonDeployment
metadata:
  name: ${name}
spec:
  name: ${name}-spec
  predictors:${model}
`),
  metadata: { name, annotations },
});

const example = deployment("example");

function accepted(object: unknown, more: Partial<Parameters<typeof admit>[0]> = {}): Outcome {
  const outcome = admit({ object, namespace, ...more });
  assert.deepEqual(outcome.causes, []);
  return outcome;
}

const textOf = (outcome: Outcome): string => carriedBy(outcome.object) ?? "";

const restOf = (mappings: readonly Document[]): readonly Document[] => mappings.filter(({ grpc }) => !grpc);
const grpcOf = (mappings: readonly Document[]): readonly Document[] => mappings.filter(({ grpc }) => grpc);

const pick = (mappings: readonly Document[], ...fields: string[]): readonly unknown[] =>
  mappings.map((mapping) => fields.map((field) => mapping[field]));

describe("Ambassador REST", () => {
  test("singleNamespace=true exposes /seldon/<deploymentName>/ and /seldon/<namespace>/<deploymentName>/", () => {
    const text = textOf(
      accepted(deployment("mymodel"), { settings: settingsWith({ seldon: { singleNamespace: true } }) }),
    );
    assert.deepEqual(pick(restOf(mappingsIn(text)), "prefix", "rewrite", "service"), [
      ["/seldon/seldon/mymodel/", "/", "mymodel-main.seldon:8000"],
      ["/seldon/mymodel/", "/", "mymodel-main.seldon:8000"],
    ]);
  });

  test("singleNamespace=false exposes the namespaced endpoint only", () => {
    const text = textOf(accepted(deployment("mymodel")));
    assert.deepEqual(pick(restOf(mappingsIn(text)), "prefix", "rewrite", "service"), [
      ["/seldon/seldon/mymodel/", "/", "mymodel-main.seldon:8000"],
    ]);
  });
});

describe("Example Curl", () => {
  test("the path of the request reaches the model below its prefix", () => {
    const path = "/seldon/mymodel/api/v0.1/predictions";
    const text = textOf(
      accepted(deployment("mymodel"), { settings: settingsWith({ seldon: { singleNamespace: true } }) }),
    );
    const [route] = restOf(mappingsIn(text)).filter(({ prefix }) => path.startsWith(prefix));
    assert.equal(path.replace(route?.prefix, route?.rewrite), "/api/v0.1/predictions");
    assert.equal(route?.service, "mymodel-main.seldon:8000");
  });
});

describe("Canary Deployments", () => {
  const canary = parse(`
apiVersion: machinelearning.seldon.io/v1alpha2
kind: SeldonDeployment
metadata:
  name: example
spec:
  name: canary-example
  predictors:
  - componentSpecs:
    - spec:
        containers:
        - image: seldonio/mock_classifier:1.0
          name: classifier
    graph:
      children: []
      endpoint:
        type: REST
      name: classifier
      type: MODEL
    name: main
    replicas: 1
    traffic: 75
  - componentSpecs:
    - spec:
        containers:
        - image: seldonio/mock_classifier_rest:1.1
          name: classifier
    graph:
      children: []
      endpoint:
        type: REST
      name: classifier
      type: MODEL
    name: canary
    replicas: 1
    traffic: 25
`);

  test("the “main” predictor gets 75% of traffic and the “canary” 25%", () => {
    const mappings = mappingsIn(textOf(accepted(canary)));
    for (const [each, port] of [
      [restOf(mappings), 8000],
      [grpcOf(mappings), 5001],
    ] as const)
      assert.deepEqual(pick(each, "service", "weight", "shadow"), [
        [`example-main.seldon:${port}`, 75, undefined],
        [`example-canary.seldon:${port}`, 25, undefined],
      ]);
    assert.deepEqual(
      new Set(restOf(mappings).map(({ prefix }) => prefix)),
      new Set(["/seldon/seldon/example/"]),
    );
  });

  test("any other total than 100 is refused at the traffic field", () => {
    const wrong = structuredClone(canary);
    wrong.spec.predictors[1].traffic = 50;
    const { allowed, causes } = admit({ object: wrong, namespace });
    assert.equal(allowed, false);
    assert.deepEqual(
      causes.map(({ field }) => field),
      ["spec.predictors[1].traffic"],
    );
    assert.match(causes[0]?.message ?? "", /total 125, not 100/);
  });
});

describe("Shadow Deployments", () => {
  const annotations = {
    "seldon.io/ambassador-shadow": "true",
    "seldon.io/ambassador-service-name": "example",
  };

  test("ambassador-shadow:true marks a shadow of the deployment that ambassador-service-name names", () => {
    const mappings = mappingsIn(
      textOf(accepted(deployment("example-shadow", annotations), { existing: [example] })),
    );
    assert.deepEqual(pick(mappings, "shadow", "service"), [
      [true, "example-shadow-main.seldon:8000"],
      [true, "example-shadow-main.seldon:5001"],
    ]);
  });

  test("it joins the prefix and the gRPC headers of the existing deployment, and all requests are copied", () => {
    const mappings = mappingsIn(
      textOf(accepted(deployment("example-shadow", annotations), { existing: [example] })),
    );
    const routes = mappingsIn(textOf(accepted(example)));
    assert.deepEqual(
      pick(mappings, "prefix", "headers", "weight"),
      pick(routes, "prefix", "headers", "weight"),
    );
    assert.deepEqual(pick(mappings, "weight"), [[undefined], [undefined]]);
  });

  test("the annotations may stand in spec.annotations as well", () => {
    const shadow = deployment("example-shadow") as { spec: object };
    const mappings = mappingsIn(
      textOf(accepted({ ...shadow, spec: { ...shadow.spec, annotations } }, { existing: [example] })),
    );
    assert.deepEqual(pick(restOf(mappings), "prefix", "shadow"), [["/seldon/seldon/example/", true]]);
  });

  test("the existing deployment must exist", () => {
    const { causes } = admit({ object: deployment("example-shadow", annotations), namespace });
    assert.deepEqual(
      causes.map(({ field }) => field),
      ["metadata.annotations[seldon.io/ambassador-service-name]"],
    );
  });
});

describe("Header based Routing", () => {
  const annotations = {
    "seldon.io/ambassador-header": "location: london",
    "seldon.io/ambassador-service-name": "example",
  };

  test("requests with location: london are routed to the deployment attached to example", () => {
    const mappings = mappingsIn(
      textOf(accepted(deployment("example-london", annotations), { existing: [example] })),
    );
    assert.deepEqual(pick(restOf(mappings), "prefix", "headers", "service", "weight", "shadow"), [
      [
        "/seldon/seldon/example/",
        { location: "london" },
        "example-london-main.seldon:8000",
        undefined,
        undefined,
      ],
    ]);
    assert.deepEqual(pick(grpcOf(mappings), "headers"), [
      [{ seldon: "example", namespace: "seldon", location: "london" }],
    ]);
  });

  test("requests without the header still go to the existing deployment", () => {
    const [rest] = mappingsIn(textOf(accepted(example)));
    assert.equal(rest?.headers, undefined);
    assert.equal(rest?.service, "example-main.seldon:8000");
  });
});

describe("Multiple Ambassadors in the same cluster", () => {
  const multiple = parse(`
apiVersion: machinelearning.seldon.io/v1alpha2
kind: SeldonDeployment
metadata:
  name: multi-ambassadors
spec:
  annotations:
    seldon.io/ambassador-id: my_instance
  name: ambassadors-example
`);
  const complete = { ...multiple, spec: { ...multiple.spec, ...parse(`predictors:${model}`) } };

  test("the instance id is added to Ambassador ambassador_id configuration", () => {
    const documents = documentsOf(textOf(accepted(complete)));
    assert.deepEqual(pick(documents, "kind", "ambassador_id"), [
      ["Mapping", "my_instance"],
      ["Mapping", "my_instance"],
    ]);
  });

  test("the example as it is printed lacks its predictors and is refused", () => {
    const { causes, object } = admit({ object: multiple, namespace });
    assert.deepEqual(
      causes.map(({ field }) => field),
      ["spec.predictors"],
    );
    assert.equal(carriedBy(object), undefined);
  });
});

describe("Custom Ambassador configuration", () => {
  const configuration =
    "apiVersion: ambassador/v1\nkind: Mapping\nname: seldon_example_rest_mapping\nprefix: /mycompany/ml/\nservice: production-model-example.seldon:8000\ntimeout_ms: 3000";
  const custom = deployment("example", { "seldon.io/ambassador-config": configuration });

  test("the configuration is under the author's control: it stays as it is and replaces ours", () => {
    const text = textOf(accepted(custom));
    assert.equal(text, configuration);
    assert.deepEqual(pick(mappingsIn(text), "prefix", "service", "timeout_ms"), [
      ["/mycompany/ml/", "production-model-example.seldon:8000", 3000],
    ]);
  });

  test("the apiVersion of the example is one that modern Ambassadors drop or crash on: a warning", () => {
    const [warning, ...others] = accepted(custom).warnings.filter((line) =>
      line.endsWith("[custom-config-api-version]"),
    );
    assert.match(warning ?? "", /\bv1 is dropped by Ambassador 2\.1\.2/);
    assert.deepEqual(others, []);
  });
});
