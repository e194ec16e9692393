import assert from "node:assert/strict";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { type Document, mappingsIn } from "../support/injection.ts";
import { resource, type Tenant, tenant } from "../support/tenant.ts";
import { withWebhook } from "../support/with-webhook.ts";
import { acceptsValid, refusesInvalid } from "./example-files.ts";

// Seldon's page "Deployment Options running Seldon Core with Ambassador", section by section, as a user applies it.

const predictor = (name: string, ...more: string[]): string => `
  - name: ${name}
    replicas: 1
    graph: { name: classifier, type: MODEL, children: [], endpoint: { type: REST } }
    componentSpecs:
    - spec:
        containers:
        - { name: classifier, image: "seldonio/mock_classifier:1.0" }
${more.map((line) => `    ${line}`).join("\n")}`;

interface Wishes {
  readonly version?: string;
  readonly annotations?: string;
  readonly inSpec?: string;
  readonly predictors?: readonly string[];
}

const deployment = (
  name: string,
  { version = "v1", annotations = "{}", inSpec = "{}", predictors = [predictor("main")] }: Wishes = {},
): string => `---
apiVersion: machinelearning.seldon.io/${version}
kind: SeldonDeployment
metadata:
  name: ${name}
  annotations: ${annotations}
spec:
  name: ${name}-spec
  annotations: ${inSpec}
  predictors:${predictors.join("")}
`;

/** The fields of the REST Mappings on a stored object. */
async function restOf(shop: Tenant, name: string, ...fields: string[]): Promise<readonly unknown[]> {
  const text: string = (await shop.stored(name)).metadata.annotations["seldon.io/ambassador-config"] ?? "";
  const rest = mappingsIn(text).filter(({ grpc }) => grpc !== true);
  return rest.map((mapping: Document) => fields.map((field) => mapping[field]));
}

const created = (name: string): string => `${resource(name)} created\n`;

/** What kubectl prints of an object that is invalid. */
const invalid = (name: string, cause: string): string =>
  `The SeldonDeployment "${name}" is invalid: ${cause}\n`;

const traffic = (main: number, canary: number): readonly string[] => [
  predictor("main", `traffic: ${main}`),
  predictor("canary", `traffic: ${canary}`),
];

async function rest(shop: Tenant, version: string): Promise<void> {
  const name = `mymodel-${version}`;
  assert.equal(await shop.quietly("apply -f -", deployment(name, { version })), created(name));
  assert.deepEqual(await restOf(shop, name, "prefix", "rewrite", "service", "weight"), [
    [`/seldon/${shop.namespace}/${name}/`, "/", `${name}-main.${shop.namespace}:8000`, undefined],
  ]);
}

async function canary(shop: Tenant, version: string): Promise<void> {
  const name = `canary-${version}`;
  const wrong = deployment(name, { version, predictors: traffic(75, 35) });
  assert.equal(
    await shop.complaint("apply -f -", wrong),
    invalid(
      name,
      "spec.predictors[1].traffic: Invalid value: 35: the live predictors total 110, not 100 (main 75, canary 35). " +
        "Adjust spec.predictors[*].traffic to a total of 100; shadow predictors do not count. [predictor-traffic-sum]",
    ),
  );
  assert.match(await shop.complaint(`get sdep ${name}`), /\(NotFound\)/);
  const right = deployment(name, { version, predictors: traffic(75, 25) });
  assert.equal(await shop.quietly("apply -f -", right), created(name));
  assert.deepEqual(await restOf(shop, name, "service", "weight"), [
    [`${name}-main.${shop.namespace}:8000`, 75],
    [`${name}-canary.${shop.namespace}:8000`, 25],
  ]);
}

async function canaryWithAllOrNothing(shop: Tenant): Promise<void> {
  await shop.quietly("apply -f -", deployment("idle", { predictors: traffic(100, 0) }));
  assert.deepEqual(
    (await restOf(shop, "idle", "weight")).flat(),
    [100, 0],
    "a weight of 0 is written out: left out, it is half",
  );
}

async function shadow(shop: Tenant, version: string): Promise<void> {
  const name = `copy-${version}`;
  const attached = (value: string, target: string): string =>
    deployment(name, {
      version,
      annotations: `{ seldon.io/ambassador-shadow: "${value}", seldon.io/ambassador-service-name: ${target} }`,
    });
  const misspelt = await shop.complaint("apply -f -", attached("true", "exampel"));
  assert.match(misspelt, /^The SeldonDeployment "copy-v1(alpha2)?" is invalid: metadata\.annotations/);
  assert.match(misspelt, /Not found: "exampel": .*example.*\[service-name-exists\]\n$/s);
  assert.match(
    await shop.complaint("apply -f -", attached("yes", "example")),
    /\[shadow-annotation-value\]\n$/,
  );
  assert.equal(await shop.quietly("apply -f -", attached("true", "example")), created(name));
  assert.deepEqual(await restOf(shop, name, "prefix", "service", "shadow"), [
    [`/seldon/${shop.namespace}/example/`, `${name}-main.${shop.namespace}:8000`, true],
  ]);
  await shop.quietly(`delete sdep ${name}`);
}

async function header(shop: Tenant, version: string): Promise<void> {
  const name = `london-${version}`;
  const attached = (condition: string): string =>
    deployment(name, {
      version,
      annotations: `{ seldon.io/ambassador-header: "${condition}", seldon.io/ambassador-service-name: example }`,
    });
  assert.match(await shop.complaint("apply -f -", attached("location:")), /\[header-form\]\n$/);
  assert.equal(await shop.quietly("apply -f -", attached("location: london")), created(name));
  assert.deepEqual(await restOf(shop, name, "prefix", "headers", "service"), [
    [`/seldon/${shop.namespace}/example/`, { location: "london" }, `${name}-main.${shop.namespace}:8000`],
  ]);
  await shop.quietly(`delete sdep ${name}`);
}

async function withoutPurpose(shop: Tenant): Promise<void> {
  const attached = deployment("half", { annotations: "{ seldon.io/ambassador-service-name: example }" });
  assert.match(await shop.complaint("apply -f -", attached), /\[service-name-purpose\]\n$/);
}

async function severalAmbassadors(shop: Tenant, version: string): Promise<void> {
  const name = `multi-${version}`;
  const served = (id: string) =>
    deployment(name, { version, inSpec: `{ seldon.io/ambassador-id: "${id}" }` });
  assert.match(
    await shop.complaint("apply -f -", served("default,blue")),
    /spec\.annotations\[seldon\.io\/ambassador-id\]: Invalid value: "default,blue": .*\[ambassador-id-form\]\n$/s,
  );
  assert.equal(await shop.quietly("apply -f -", served("my_instance")), created(name));
  assert.deepEqual(await restOf(shop, name, "ambassador_id"), [["my_instance"]]);
}

async function customConfiguration(shop: Tenant, version: string): Promise<void> {
  const name = `custom-${version}`;
  const text = `kind: Mapping\\nname: seldon_example_rest_mapping\\nprefix: /mycompany/${name}/\\nservice: production-model-example.seldon:8000\\ntimeout_ms: 3000`;
  const withText = (config: string): string =>
    deployment(name, { version, annotations: `{ "seldon.io/ambassador-config": "${config}" }` });
  const broken = `apiVersion: getambassador.io/v2\\n ${text}`;
  assert.match(await shop.complaint("apply -f -", withText(broken)), /\[custom-config-yaml\]\n$/);
  assert.match(
    await shop.warnings("apply -f -", withText(`apiVersion: ambassador/v1\\n${text}`)),
    /^Warning: \S+ambassador-config: \S+\/v1 is dropped by Ambassador .* \[custom-config-api-version\]\n$/,
  );
  const { metadata } = await shop.stored(name);
  const own = `apiVersion: ambassador/v1\\n${text}`.replaceAll("\\n", "\n");
  assert.equal(metadata.annotations["seldon.io/ambassador-config"], own, "the author's own text stays");
}

async function sparesTheSystem(plane: ControlPlane): Promise<void> {
  const input = deployment("system", { predictors: traffic(75, 35) });
  const { status, stderr } = await plane.kubectl(["-n", "kube-system", "apply", "-f", "-"], { input });
  assert.deepEqual([status, stderr], [0, ""]);
}

withWebhook("deployment options of Seldon with Ambassador", async (t, { plane }) => {
  const shop = await tenant(plane, "shop");
  await shop.quietly("apply -f -", deployment("example"));
  for (const version of ["v1alpha2", "v1"]) {
    await t.test(`${version}: REST endpoint`, () => rest(shop, version));
    await t.test(`${version}: canary`, () => canary(shop, version));
    await t.test(`${version}: shadow deployment`, () => shadow(shop, version));
    await t.test(`${version}: header based routing`, () => header(shop, version));
    await t.test(`${version}: several Ambassadors`, () => severalAmbassadors(shop, version));
    await t.test(`${version}: custom configuration`, () => customConfiguration(shop, version));
  }
  await t.test("canary with 100 and 0", () => canaryWithAllOrNothing(shop));
  await t.test("service-name without shadow or header", () => withoutPurpose(shop));
  await t.test("every valid example", () => acceptsValid(plane));
  await t.test("every invalid example", () => refusesInvalid(plane));
  await t.test("kube-system is left alone", () => sparesTheSystem(plane));
});
