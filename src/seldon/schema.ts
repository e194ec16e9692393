import { Ajv, type ErrorObject } from "ajv";
import { fromJsonPointer } from "../diagnostics/field-path.ts";
import { type Finding, invalid } from "../diagnostics/finding.ts";

// Only what is read here is described, and nothing forbids a field: the CRD's own schema judges the rest.
// null means "not set" to kubectl users (`annotations:` with nothing behind it), so it passes everywhere.
const text = { type: ["string", "null"] };
const annotations = { type: ["object", "null"], additionalProperties: { type: ["string", "null"] } };
const list = (items: object) => ({ type: ["array", "null"], items });
const map = (properties: object) => ({ type: ["object", "null"], properties });

const container = map({
  name: text,
  ports: list(map({ name: text, containerPort: { type: ["integer", "null"] } })),
});

const predictor = {
  type: "object",
  properties: {
    name: text,
    traffic: { type: ["number", "null"] },
    shadow: { type: ["boolean", "null"] },
    annotations,
    graph: { type: ["object", "null"] },
    componentSpecs: list(map({ spec: map({ containers: list(container) }) })),
    explainer: map({ type: text, endpoint: map({ service_port: { type: ["integer", "null"] } }) }),
    ssl: map({ certSecretName: text }),
  },
};

const deployment = {
  type: "object",
  properties: {
    metadata: map({
      name: text,
      generateName: text,
      namespace: text,
      deletionTimestamp: text,
      annotations,
    }),
    spec: map({ name: text, annotations, protocol: text, predictors: list(predictor) }),
  },
};

// One node only: graphs nest, and a schema that refers to itself would recurse as deep as the input says.
const unit = {
  type: "object",
  properties: { name: text, implementation: text, children: list({ type: "object" }) },
};

const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true });
const isDeployment = ajv.compile(deployment);
const isUnit = ajv.compile(unit);

/** More wrong types than this are not listed: one object would fill the answer. */
const maxFindings = 20;

const wanted = (type: string | string[]): string =>
  [type]
    .flat()
    .filter((name) => name !== "null")
    .map((name) => (/^[aio]/.test(name) ? `an ${name}` : `a ${name}`))
    .join(" or ");

const toFinding = (error: ErrorObject): Finding =>
  invalid(fromJsonPointer(error.instancePath), error.data, `must be ${wanted(error.params.type)}`);

/** The parts of a SeldonDeployment that have the wrong type; empty when it can be read. */
export function typeFindings(raw: unknown): readonly Finding[] {
  if (isDeployment(raw)) return [];
  return (isDeployment.errors ?? []).slice(0, maxFindings).map(toFinding);
}

/** The same for one node of a predictor's graph, its children's own fields excluded. */
export function unitTypeFindings(raw: unknown): readonly Finding[] {
  if (isUnit(raw)) return [];
  return (isUnit.errors ?? []).slice(0, maxFindings).map(toFinding);
}
