import fc from "fast-check";
import { deploymentOf, type Json } from "./deployment.ts";

/** Texts that have meaning to YAML, to shells, to header parsers or to JavaScript. */
const traps = [
  "",
  " ",
  "---",
  "\n---\nkind: Module\n",
  "a\nb: c",
  '"',
  "'",
  "\\",
  '\\"',
  '"\n"prefix": "/"',
  "# comment",
  " # comment",
  "a: b",
  ": ",
  "- x",
  "? x",
  "{a: b}",
  "[a]",
  "&a",
  "*a",
  "<<",
  "!!binary",
  "|",
  ">-",
  "%YAML 1.1",
  "...",
  "@x",
  "`x`",
  "$HOME",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable as Ambassador finds it
  "${PATH}",
  "$$",
  "a=b",
  "=",
  "~",
  "null",
  "n",
  "y",
  "yes",
  "No",
  "on",
  "true",
  "FALSE",
  "1",
  "0777",
  "0x1F",
  "1e3",
  "1_000",
  "12:30:45",
  ".inf",
  "2001-01-01",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "toString",
  "\u0000",
  "\u0007\u001b[31m",
  "\u007f\u0085\u00a0",
  "\u2028\u2029\ufeff",
  "\ud800",
  "\udc00x",
  "ünï→🌸",
  "\r\n",
  "\t",
  "a".repeat(300),
  "x".repeat(3000),
];

/** Any text that an author could write anywhere. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...traps),
  fc.array(fc.constantFrom(...traps), { maxLength: 4 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 40 }),
  // Lone surrogates included.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 })
    .map((units) => String.fromCharCode(...units)),
);

/** A name that Kubernetes takes for an object and for its Services. */
const name: fc.Arbitrary<string> = fc.stringMatching(/^[a-z][-a-z0-9]{0,20}[a-z0-9]$/);

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

/** Values of headers and expressions that are sound, though full of characters that mean something to YAML. */
const soundValue = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/).filter((text) => !/\$(\w|\{)/.test(text));
const headerName = fc.stringMatching(/^[A-Za-z0-9_.!#%&'*+^`|~-]{1,20}$/);
const header = fc
  .oneof(
    headerName,
    fc.tuple(headerName, soundValue).map(([key, value]) => `${key}: ${value}`),
    soundValue.map((value) => `location: ${value}`),
    fc.constantFrom("location: london", "__proto__: x", "constructor", "x: yes", "n", "origin: http://x:80"),
  )
  .filter((text) => !/^(seldon|namespace)\s*(:|$)/i.test(text));
const regexHeader = fc
  .tuple(
    headerName,
    fc.constantFrom(".*", "lon.*", "^a$", "\\d+=[a-z]{2}", 'a"b\\\\c', "(x|y)+", "[^,]*", "ü.?"),
  )
  .map(([key, value]) => `${key}: ${value}`)
  .filter((text) => !/^(seldon|namespace)\s*:/i.test(text));

const integer = fc.oneof(fc.constantFrom("0", "1", "300000", "300001", "2147483647"), fc.nat().map(String));

const circuitBreakers = ["max-connections", "max-pending-requests", "max-requests", "max-retries"] as const;

const settings: fc.Arbitrary<Json> = fc.record(
  {
    "seldon.io/ambassador-id": fc.constantFrom("blue", "default", "n", "a_b c"),
    "seldon.io/ambassador-retries": integer,
    "seldon.io/rest-timeout": integer,
    "seldon.io/grpc-timeout": integer,
    ...Object.fromEntries(
      circuitBreakers.map((key) => [`seldon.io/ambassador-circuit-breakers-${key}`, integer]),
    ),
  },
  { requiredKeys: [] },
);

const conditions: fc.Arbitrary<Json> = fc.record(
  { "seldon.io/ambassador-header": header, "seldon.io/ambassador-regex-header": regexHeader },
  { requiredKeys: [] },
);

/** On its own, a guest of `target`, or a shadow of it. */
const attachment: fc.Arbitrary<Json> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Json>({}) },
  fc.constant<Json>({ "seldon.io/ambassador-service-name": "target" }),
  fc.constant<Json>({
    "seldon.io/ambassador-service-name": "target",
    "seldon.io/ambassador-shadow": "true",
  }),
  fc.constant<Json>({ "seldon.io/ambassador-shadow": "false" }),
);

/** Numbers of percent that total 100, in most cases. */
const shares = (count: number): fc.Arbitrary<readonly (number | undefined)[]> => {
  if (count === 1) return fc.constantFrom([undefined], [0], [100]);
  const cuts = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: count - 1, maxLength: count - 1 });
  const exact = cuts.map((points) => {
    const sorted = [0, ...points.sort((a, b) => a - b), 100];
    return sorted.slice(1).map((point, index) => point - (sorted[index] ?? 0));
  });
  const any = fc.array(fc.integer({ min: -1, max: 101 }), { minLength: count, maxLength: count });
  return fc.oneof({ weight: 9, arbitrary: exact }, any);
};

const port = fc.integer({ min: 1, max: 65535 });

const predictor = fc.record({
  name,
  svcName: maybe(name),
  noEngine: maybe(fc.constantFrom("true", "True", "false", "")),
  container: maybe(
    fc.record({ name: fc.constantFrom("model", "other"), http: maybe(port), grpc: maybe(port) }),
  ),
  explainer: maybe(
    fc.record(
      { type: fc.constantFrom("AnchorTabular", ""), endpoint: fc.record({ service_port: port }) },
      { requiredKeys: [] },
    ),
  ),
  certSecretName: maybe(name),
});

const predictors = fc
  .tuple(fc.integer({ min: 1, max: 4 }), maybe(fc.constantFrom(undefined, 0, 30, 100)), fc.boolean())
  .chain(([count, mirrored, hasShadow]) =>
    fc.tuple(
      fc.uniqueArray(predictor, {
        minLength: count + (hasShadow ? 1 : 0),
        maxLength: count + (hasShadow ? 1 : 0),
        selector: (each) => each.name,
      }),
      shares(count),
      fc.constant(mirrored),
    ),
  )
  .map(([all, traffic, mirrored]) =>
    all.map((each, index) => ({
      ...each,
      ...(index < traffic.length ? { traffic: traffic[index] } : { traffic: mirrored, shadow: true }),
    })),
  );

/** Deployments as people write them, all features combined; most of them pass every rule. */
export const plausibleDeployment: fc.Arbitrary<Json> = fc
  .record({
    name,
    namespace: name,
    annotations: fc.tuple(settings, conditions, attachment),
    inSpec: fc.oneof({ weight: 3, arbitrary: fc.constant<Json>({}) }, settings),
    predictors,
    apiVersion: fc.constantFrom("v1alpha2", "v1alpha3", "v1"),
  })
  .map(({ annotations: [first, second, third], ...rest }) =>
    deploymentOf({ ...rest, annotations: { ...first, ...second, ...third } }),
  );

/** JSON of any type, small. */
const anything: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>;

const routingKey = fc.constantFrom(
  "seldon.io/ambassador-config",
  "seldon.io/ambassador-service-name",
  "seldon.io/ambassador-shadow",
  "seldon.io/ambassador-header",
  "seldon.io/ambassador-regex-header",
  "seldon.io/ambassador-id",
  "seldon.io/ambassador-retries",
  "seldon.io/ambassador-circuit-breakers-max-requests",
  "seldon.io/rest-timeout",
  "seldon.io/grpc-timeout",
  "seldon.io/ambassador-weight",
  "seldon.io/svc-name",
  "seldon.io/no-engine",
  "getambassador.io/config",
  "__proto__",
  "constructor",
);

const looseText = fc.oneof({ weight: 8, arbitrary: hostileText }, name, anything);

/** Built with Object.fromEntries, so that `__proto__` is a key like any other, as JSON.parse makes it. */
const looseAnnotations = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(fc.tuple(fc.oneof({ weight: 5, arbitrary: routingKey }, hostileText), looseText), {
        maxLength: 6,
      })
      .map((entries) => Object.fromEntries(entries)),
  },
  anything,
);

const { unit } = fc.letrec<{ unit: unknown }>((tie) => ({
  unit: fc.record(
    {
      name: looseText,
      implementation: fc.oneof(fc.constantFrom("SKLEARN_SERVER", "SIMPLE_MODEL"), looseText),
      children: fc.oneof(fc.array(tie("unit"), { maxLength: 2, depthIdentifier: "graph" }), anything),
    },
    { requiredKeys: [] },
  ),
}));

const looseContainer = fc.record(
  {
    name: looseText,
    ports: fc.oneof(
      fc.array(
        fc.record({ name: fc.constantFrom("http", "grpc"), containerPort: fc.oneof(port, anything) }),
        { maxLength: 3 },
      ),
      anything,
    ),
  },
  { requiredKeys: [] },
);

const loosePredictor = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record(
      {
        name: looseText,
        traffic: fc.oneof(
          fc.integer({ min: -10, max: 110 }),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          anything,
        ),
        shadow: fc.oneof(fc.boolean(), anything),
        annotations: looseAnnotations,
        graph: fc.oneof(unit, anything),
        componentSpecs: fc.oneof(
          fc
            .array(looseContainer, { maxLength: 2 })
            .map((containers) => [{ spec: { containers } }] as unknown),
          anything,
        ),
        explainer: fc.oneof(
          fc.record({ type: looseText, endpoint: fc.record({ service_port: fc.oneof(port, anything) }) }),
          anything,
        ),
        ssl: fc.oneof(fc.record({ certSecretName: looseText }), anything),
      },
      { requiredKeys: [] },
    ),
  },
  anything,
);

const looseObject: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record(
      {
        apiVersion: looseText,
        kind: fc.constant("SeldonDeployment"),
        metadata: fc.oneof(
          {
            weight: 8,
            arbitrary: fc.record(
              {
                name: looseText,
                generateName: looseText,
                namespace: looseText,
                annotations: looseAnnotations,
                deletionTimestamp: fc.oneof(fc.constant("2026-01-01T00:00:00Z"), anything),
              },
              { requiredKeys: ["annotations"] },
            ),
          },
          anything,
        ),
        spec: fc.oneof(
          {
            weight: 8,
            arbitrary: fc.record(
              {
                name: looseText,
                annotations: looseAnnotations,
                predictors: fc.oneof(
                  { weight: 8, arbitrary: fc.array(loosePredictor, { maxLength: 4 }) },
                  anything,
                ),
              },
              { requiredKeys: ["predictors"] },
            ),
          },
          anything,
        ),
      },
      { requiredKeys: ["metadata", "spec"] },
    ),
  },
  anything,
);

/** Objects with the skeleton of a deployment and anything at all in it, as they come over the wire. */
export const hostileObject: fc.Arbitrary<unknown> = looseObject.map((object) =>
  JSON.parse(JSON.stringify(object)),
);

/** A plausible deployment in which some of the texts that its author chose are hostile. */
export const poisonedDeployment: fc.Arbitrary<Json> = fc
  .tuple(plausibleDeployment, fc.array(hostileText, { minLength: 1, maxLength: 12 }), fc.nat())
  .map(([{ apiVersion, kind, ...fields }, poisons, seed]) => ({
    apiVersion,
    kind,
    ...(poison(fields, poisons, seed) as Json),
  }));

/** Puts poisons in place of every third or so of the strings, in a way that the seed decides. */
function poison(value: unknown, poisons: readonly string[], seed: number): unknown {
  let state = seed;
  const draw = (bound: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % bound;
  };
  const walk = (node: unknown): unknown => {
    if (typeof node === "string") return draw(3) === 0 ? poisons[draw(poisons.length)] : node;
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, each]) => [key, walk(each)]));
  };
  return walk(value);
}

/** The same object with the keys of every map in another order. */
export function shuffled(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((each) => shuffled(each, seed));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const turn = entries.length === 0 ? 0 : seed % entries.length;
  const turned = [...entries.slice(turn), ...entries.slice(0, turn)].reverse();
  return Object.fromEntries(turned.map(([key, each]) => [key, shuffled(each, seed)]));
}
