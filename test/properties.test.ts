import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import jsonPatch, { type Operation } from "fast-json-patch";
import { decodeReview } from "../src/admission/decode.ts";
import type { Decision, EngineContext } from "../src/admission/engine.ts";
import { mutate } from "../src/admission/mutate.ts";
import { respond } from "../src/admission/respond.ts";
import type { AdmissionRequest } from "../src/admission/types.ts";
import { validate } from "../src/admission/validate.ts";
import { snapshotOf } from "../src/cluster/snapshot.ts";
import { type OperatorSource, withOperators } from "../src/config/operators.ts";
import { defaultEngineSettings, type EngineSettings, settingsFor } from "../src/config/settings.ts";
import { buildDocuments, type NamedDeployment } from "../src/mapping/build.ts";
import { digestOf } from "../src/mapping/injection.ts";
import { joinedGroup } from "../src/mapping/join.ts";
import { isGenerated, mark } from "../src/mapping/marker.ts";
import { type Subject, subjectOf } from "../src/mapping/subject.ts";
import { formatDocuments } from "../src/mapping/text.ts";
import { decodeDeployment } from "../src/seldon/decode.ts";
import { contextOf, mutated, type Situation } from "./support/admission.ts";
import { hostileObject, plausibleDeployment, poisonedDeployment, shuffled } from "./support/arbitraries.ts";
import { deploymentOf, type Json } from "./support/deployment.ts";
import { carriedBy, type Document, documentsOf, settingsWith } from "./support/injection.ts";
import { generatedTexts, unquotedLines, withoutGeneratedTexts } from "./support/texts.ts";

const runs = { numRuns: 300 };

const operatorSettings: fc.Arbitrary<EngineSettings> = fc
  .record({
    singleNamespace: fc.boolean(),
    grpcPort: fc.constantFrom(5001, 8000),
    apiVersion: fc.constantFrom(
      "getambassador.io/v2" as const,
      "getambassador.io/v3alpha1" as const,
      "ambassador/v1" as const,
    ),
    hostname: fc.constantFrom("*", "*", "models.example.com"),
    grpc: fc.constantFrom(true, true, false),
  })
  .map(({ singleNamespace, grpcPort, ...ambassador }) =>
    settingsWith({ seldon: { singleNamespace, grpcPort }, ambassador }),
  );

/** Every way of telling the operator; the default twice as often as all others together. */
const anySettings: fc.Arbitrary<EngineSettings> = fc
  .tuple(
    operatorSettings,
    fc.constantFrom("metadata" as const, "metadata" as const, "spec" as const, "predictor" as const),
    fc.boolean(),
  )
  .map(([settings, carrier, suppressDuplicates]) => ({ ...settings, carrier, suppressDuplicates }));

const situationOf = (object: Json, settings: EngineSettings = defaultEngineSettings): Situation => ({
  object,
  settings,
  existing: [deploymentOf({ name: "target", namespace: object.metadata.namespace })],
});

const requestOf = (object: unknown, oldObject?: unknown): AdmissionRequest => ({
  uid: "8a7c2d1e",
  kind: { group: "machinelearning.seldon.io", version: "v1", kind: "SeldonDeployment" },
  operation: oldObject === undefined ? "CREATE" : "UPDATE",
  namespace: "models",
  object,
  ...(oldObject !== undefined && { oldObject }),
});

const judged = (situation: Situation, object: unknown): Decision =>
  validate(requestOf(object), contextOf(situation));

const isAboutInjection = ({ reports }: Decision): boolean =>
  reports.some(({ rule }) => rule === "mapping-injected");

/** What a reader gets: JSON, and U+FFFD for what is no character. */
const asRead = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_key, each: unknown) => {
    if (typeof each === "string") return each.toWellFormed();
    return each;
  });

interface Built {
  readonly subject: Subject;
  readonly text: string;
  readonly documents: readonly Document[];
}

/** The text for any readable object with a name, whatever the rules say to it. */
function built(object: unknown, context: EngineContext): Built | undefined {
  const { deployment } = decodeDeployment(object, "models");
  if (deployment?.name === undefined) return undefined;
  const subject = subjectOf(deployment, context.settings);
  const documents = buildDocuments({
    deployment: deployment as NamedDeployment,
    era: subject.era,
    routing: subject.routing,
    settings: context.settings,
    host: subject.settings.ambassador.hostname,
    writesGrpc: subject.settings.ambassador.grpc,
    joined: joinedGroup(subject, context),
  });
  const text = mark(formatDocuments(documents), digestOf(subject));
  return { subject, text, documents: asRead(documents) as readonly Document[] };
}

const anyDeployment: fc.Arbitrary<Json> = fc.oneof(plausibleDeployment, poisonedDeployment);

/** Settings of two operators, one by id and one by namespace. */
const sharedCluster: fc.Arbitrary<EngineSettings> = fc
  .tuple(anySettings, anySettings, anySettings)
  .map(([general, byId, byNamespace]) =>
    withOperators(general, [
      { source: operatorSource({ controllerId: "blue" }), settings: byId },
      { source: operatorSource({ namespaces: ["models", "a"] }), settings: byNamespace },
    ]),
  );

const operatorSource = (of: { controllerId?: string; namespaces?: readonly string[] }): OperatorSource => ({
  controllerId: of.controllerId,
  namespaces: of.namespaces,
  values: {},
  label: (path) => path,
});

/** The object as one that an operator with an id is to take. */
const labelled = (object: Json, id: string | undefined): Json => ({
  ...object,
  metadata: { ...object.metadata, ...(id !== undefined && { labels: { "seldon.io/controller-id": id } }) },
});

describe("the mutating webhook", () => {
  test("gives each object what its own operator's settings alone would, once", () => {
    const ids = fc.constantFrom(undefined, "", "blue", "pink");
    fc.assert(
      fc.property(plausibleDeployment, sharedCluster, ids, ids, (plain, settings, id, targetId) => {
        const object = labelled(plain, id);
        const { namespace } = object.metadata;
        const target = labelled(deploymentOf({ name: "target", namespace }), targetId);
        const written = mutated({ object, settings, existing: [target] });
        const taken = (of: string | undefined): EngineSettings =>
          settingsFor(settings, { namespace: namespace || "models", controllerId: of });
        // Where the target is of another operator, its host and its gRPC count as well.
        if (taken(id) !== taken(targetId)) return;
        const { operators: _, ...alone } = taken(id);
        assert.deepEqual(written, mutated({ object, settings: alone, existing: [target] }));
      }),
      runs,
    );
  });

  test("has nothing to add to its own work", () => {
    fc.assert(
      fc.property(anyDeployment, anySettings, (object, settings) => {
        // The second call and its empty patch are asserted in `mutated`.
        mutated(situationOf(object, settings));
      }),
      runs,
    );
  });

  test("touches nothing but its own annotation", () => {
    fc.assert(
      fc.property(anyDeployment, anySettings, (object, settings) => {
        const situation = situationOf(object, settings);
        const { patch } = mutate(requestOf(object), contextOf(situation));
        for (const { path } of patch)
          assert.match(
            path,
            settings.carrier === "metadata" && !settings.suppressDuplicates
              ? /^\/metadata\/annotations(\/seldon.io~1ambassador-config)?$/
              : /^\/(metadata|spec|spec\/predictors\/\d+)\/annotations(\/(seldon|getambassador).io~1[-a-z]+)?$/,
          );
        assert.deepEqual(withoutGeneratedTexts(mutated(situation)), withoutGeneratedTexts(object));
      }),
      runs,
    );
  });

  test("moves its text to where the settings want it", () => {
    fc.assert(
      fc.property(plausibleDeployment, anySettings, anySettings, (object, before, after) => {
        const direct = mutated(situationOf(object, after));
        const moved = mutated(situationOf(mutated(situationOf(object, before)) as Json, after));
        assert.deepEqual(generatedTexts(moved), generatedTexts(direct));
        assert.deepEqual(withoutGeneratedTexts(moved), withoutGeneratedTexts(direct));
      }),
      { numRuns: 150 },
    );
  });

  test("writes the same bytes whatever the order of the keys", () => {
    fc.assert(
      fc.property(plausibleDeployment, fc.nat({ max: 1000 }), (object, seed) => {
        const other = shuffled(object, seed) as Json;
        assert.equal(carriedBy(mutated(situationOf(other))), carriedBy(mutated(situationOf(object))));
      }),
      runs,
    );
  });

  test("never overwrites a configuration of the author's own", () => {
    fc.assert(
      fc.property(
        plausibleDeployment,
        fc.constantFrom("metadata", "spec"),
        fc.string({ minLength: 1 }).filter((text) => !isGenerated(text)),
        (object, place, text) => {
          const annotations = { ...object[place].annotations, "seldon.io/ambassador-config": text };
          const owned = { ...object, [place]: { ...object[place], annotations } };
          assert.deepEqual(mutated(situationOf(owned)), owned);
        },
      ),
      runs,
    );
  });
});

describe("the two webhooks together", () => {
  test("what one injects is what the other expects", () => {
    fc.assert(
      fc.property(anyDeployment, anySettings, (object, settings) => {
        const situation = situationOf(object, settings);
        assert.equal(isAboutInjection(judged(situation, mutated(situation))), false);
      }),
      runs,
    );
  });

  test("without the first, the second refuses", () => {
    fc.assert(
      fc.property(plausibleDeployment, anySettings, (object, settings) => {
        const situation = situationOf(object, settings);
        if (generatedTexts(mutated(situation)).length > 0)
          assert.equal(judged(situation, object).allowed, false);
      }),
      runs,
    );
  });

  test("a text that was edited to say something else is refused", () => {
    const edit = fc.record({ at: fc.nat(), drop: fc.nat({ max: 3 }), put: fc.string({ maxLength: 3 }) });
    fc.assert(
      fc.property(plausibleDeployment, edit, (object, { at, drop, put }) => {
        const situation = situationOf(object);
        const whole = mutated(situation) as Json;
        const text = carriedBy(whole);
        if (text === undefined || !judged(situation, whole).allowed) return;
        const start = text.indexOf("\n") + 1;
        const point = start + (at % (text.length - start));
        const edited = text.slice(0, point) + put + text.slice(point + drop);
        const { metadata } = whole;
        const annotations = { ...metadata.annotations, "seldon.io/ambassador-config": edited };
        const decision = judged(situation, { ...whole, metadata: { ...metadata, annotations } });
        assert.equal(isAboutInjection(decision), !saysTheSame(edited, text));
      }),
      runs,
    );
  });
});

function saysTheSame(edited: string, text: string): boolean {
  if (edited === text) return true;
  try {
    assert.deepEqual(documentsOf(edited), documentsOf(text));
    return true;
  } catch {
    return false;
  }
}

describe("the text", () => {
  test("says the same to YAML 1.1 and 1.2, and it is what was meant", () => {
    fc.assert(
      fc.property(fc.oneof(anyDeployment, hostileObject), operatorSettings, (object, settings) => {
        const made = built(object, { settings, cluster: snapshotOf([]) });
        if (made === undefined) return;
        assert.deepEqual(asRead(documentsOf(made.text, "1.1")), made.documents);
        assert.deepEqual(asRead(documentsOf(made.text, "1.2")), made.documents);
      }),
      runs,
    );
  });

  test("quotes every key and every string, and holds neither $ nor =", () => {
    fc.assert(
      fc.property(fc.oneof(anyDeployment, hostileObject), operatorSettings, (object, settings) => {
        const made = built(object, { settings, cluster: snapshotOf([]) });
        if (made === undefined) return;
        assert.deepEqual(unquotedLines(made.text), []);
        assert.doesNotMatch(made.text, /[$=]/);
        assert.match(made.text, /^[\n -~]*$/);
      }),
      runs,
    );
  });

  test("gets no document and no key from any value of the author", () => {
    fc.assert(
      fc.property(fc.oneof(anyDeployment, hostileObject), operatorSettings, (object, settings) => {
        const made = built(object, { settings, cluster: snapshotOf([]) });
        if (made === undefined) return;
        const documents = documentsOf(made.text);
        const { deployment, routing } = made.subject;
        const { predictors } = deployment.spec;
        const routes = settings.seldon.singleNamespace ? 2 : 1;
        const each = settings.ambassador.grpc ? 2 : 1;
        const mappings = predictors.reduce(
          (sum, { explainer }) => sum + routes * (each + (explainer ? 1 : 0)),
          0,
        );
        const contexts = predictors.filter(({ certSecretName }) => certSecretName !== undefined).length;
        assert.equal(documents.filter(({ kind }) => kind === "Mapping").length, mappings);
        assert.equal(documents.filter(({ kind }) => kind === "TLSContext").length, contexts);
        assert.equal(documents.length, mappings + contexts);
        const asked = [routing.header, routing.regexHeader].flatMap((each) => each?.name ?? []);
        for (const document of documents) assertOnlyKnownKeys(document, asked);
      }),
      runs,
    );
  });

  test("names every document once and without a dot", () => {
    fc.assert(
      fc.property(plausibleDeployment, operatorSettings, (object, settings) => {
        const text = carriedBy(mutated(situationOf(object, settings)));
        const names = documentsOf(text ?? "").map(({ name }) => name);
        assert.deepEqual(
          names.filter((each) => !/^[\w-]{1,253}$/.test(each)),
          [],
        );
        assert.equal(new Set(names).size, names.length);
      }),
      runs,
    );
  });

  test("splits every route into 100 percent and mirrors it once at most", () => {
    fc.assert(
      fc.property(plausibleDeployment, operatorSettings, (object, settings) => {
        const text = carriedBy(mutated(situationOf(object, settings)));
        if (text === undefined) return;
        const isShadow = object.metadata.annotations?.["seldon.io/ambassador-shadow"] === "true";
        for (const group of groupsOf(documentsOf(text))) assertRoutable(group, isShadow);
      }),
      runs,
    );
  });
});

const documentKeys = new Set([
  ..."apiVersion kind name ambassador_id host hostname grpc prefix prefix_regex rewrite headers".split(" "),
  ..."regex_headers service tls cluster_tag timeout_ms idle_timeout_ms weight shadow".split(" "),
  ..."retry_policy circuit_breakers hosts secret secret_namespacing".split(" "),
]);

function assertOnlyKnownKeys(document: Document, asked: readonly string[]): void {
  assert.deepEqual(
    Object.keys(document).filter((key) => !documentKeys.has(key)),
    [],
  );
  const conditions = new Set(["seldon", "namespace", ...asked]);
  for (const map of [document.headers, document.regex_headers])
    assert.deepEqual(
      Object.keys(map ?? {}).filter((key) => !conditions.has(key)),
      [],
    );
}

/** The Mappings of a text by the route that they share, as Ambassador groups them. */
function groupsOf(documents: readonly Document[]): readonly (readonly Document[])[] {
  const groups = new Map<string, Document[]>();
  for (const document of documents.filter(({ kind }) => kind === "Mapping")) {
    const { ambassador_id: id, prefix, headers, regex_headers: expressions } = document;
    const sorted = Object.entries({ ...headers, ...expressions }).sort();
    const key = JSON.stringify([id, prefix, sorted]);
    groups.set(key, [...(groups.get(key) ?? []), document]);
  }
  return [...groups.values()];
}

function assertRoutable(group: readonly Document[], isShadow: boolean): void {
  const shadows = group.filter(({ shadow }) => shadow === true);
  const live = group.filter(({ shadow }) => shadow === undefined);
  assert.equal(shadows.length + live.length, group.length);
  assert.ok(shadows.length <= 1, "one mirror at most");
  for (const { weight } of shadows) assert.ok(weight === undefined || (weight >= 1 && weight <= 100));
  if (live.length === 0) assert.ok(isShadow, "a route of its own has an answer");
  if (live.length === 1) assert.equal(live[0]?.weight, undefined);
  if (live.length > 1)
    assert.equal(
      live.reduce((sum, { weight }) => sum + weight, 0),
      100,
    );
  // Ambassador drops a Mapping whose circuit breakers differ from those of its group.
  for (const { circuit_breakers: breakers } of group) assert.deepEqual(breakers, group[0]?.circuit_breakers);
}

describe("no input", () => {
  const context: EngineContext = { settings: defaultEngineSettings, cluster: snapshotOf([]) };

  test("makes the engine throw, and no warning is longer than a line", () => {
    fc.assert(
      fc.property(fc.oneof(hostileObject, poisonedDeployment), fc.option(hostileObject), (object, before) => {
        assertAnswers(requestOf(object, before ?? undefined), context);
      }),
      { numRuns: 600 },
    );
  });

  test("makes the patch touch what is not ours", () => {
    fc.assert(
      fc.property(hostileObject, (object) => {
        const patch = mutate(requestOf(object), context).patch as Operation[];
        const { newDocument } = jsonPatch.applyPatch(object, patch, true, false);
        assert.deepEqual(withoutGeneratedTexts(newDocument), withoutGeneratedTexts(object));
      }),
      { numRuns: 600 },
    );
  });

  test("of the wrong shape is anything but a BadRequest", () => {
    fc.assert(
      fc.property(fc.jsonValue(), hostileObject, (body, request) => {
        for (const review of [body, { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request }])
          assert.throws(() => decodeReview(review), { name: "BadRequest" });
      }),
      runs,
    );
  });

  const nested = (levels: number, open: string, leaf: string, close: string): unknown =>
    JSON.parse(open.repeat(levels) + leaf + close.repeat(levels));

  const withPredictor = (predictor: Json): Json => ({ ...deploymentOf(), spec: { predictors: [predictor] } });

  const manyPredictors = (count: number, annotations: (index: number) => Json | undefined): Json => ({
    ...deploymentOf(),
    spec: {
      predictors: Array.from({ length: count }, (_, index) => ({
        name: `p${index}`,
        traffic: index === 0 ? 100 : 0,
        annotations: annotations(index),
      })),
    },
  });

  const large: readonly (readonly [string, () => unknown])[] = [
    [
      "a graph of 100,000 levels",
      () => withPredictor({ name: "a", graph: nested(100_000, '{"name":"n","children":[', "{}", "]}") }),
    ],
    [
      "a graph that is wrong at level 100,000",
      () => withPredictor({ name: "a", graph: nested(100_000, '{"children":[', '{"name":5}', "]}") }),
    ],
    [
      "an annotation of 100,000 levels",
      () => deploymentOf({ annotations: { "seldon.io/rest-timeout": nested(100_000, "[", "1", "]") } }),
    ],
    [
      "metadata of 100,000 levels",
      () => ({ metadata: nested(100_000, '{"annotations":', "null", "}"), spec: {} }),
    ],
    ["5,000 predictors", () => manyPredictors(5000, () => undefined)],
    [
      "10,000 predictors with impossible Service names",
      () => manyPredictors(10_000, (index) => ({ "seldon.io/svc-name": `-${index}` })),
    ],
    ["20,000 predictors without a name", () => ({ spec: { predictors: Array(20_000).fill({}) } })],
    [
      "20,000 unknown annotations",
      () =>
        deploymentOf({
          annotations: Object.fromEntries(
            Array.from({ length: 20_000 }, (_, index) => [`seldon.io/ambassador-${index}`, "x"]),
          ),
        }),
    ],
    [
      "a configuration of aliases only",
      () => deploymentOf({ annotations: { "seldon.io/ambassador-config": "*a ".repeat(25_000) } }),
    ],
    [
      "a configuration of brackets only",
      () => deploymentOf({ annotations: { "seldon.io/ambassador-config": "[".repeat(50_000) } }),
    ],
    [
      "an expression of brackets only",
      () =>
        deploymentOf({ annotations: { "seldon.io/ambassador-regex-header": `x: ${"(".repeat(50_000)}` } }),
    ],
    [
      "a header of 3,000,000 characters",
      () => deploymentOf({ annotations: { "seldon.io/ambassador-header": "x".repeat(3_000_000) } }),
    ],
  ];

  for (const [name, object] of large)
    test(`is too much: ${name}`, () => {
      const request = requestOf(object());
      const started = performance.now();
      assertAnswers(request, context);
      // Four answers; the API server waits ten seconds for one. Quadratic work takes minutes here.
      assert.ok(performance.now() - started < 40_000);
    });
});

function assertAnswers(request: AdmissionRequest, context: EngineContext): void {
  const kind = "AdmissionReview";
  for (const apiVersion of ["admission.k8s.io/v1", "admission.k8s.io/v1beta1"] as const)
    for (const webhook of [mutate, validate]) {
      const answer = respond({ apiVersion, kind, request }, webhook(request, context));
      const { response } = JSON.parse(answer);
      assert.equal(response.uid, request.uid);
      for (const warning of response.warnings ?? []) {
        assert.ok(warning.length <= 120, warning);
        assert.doesNotMatch(warning, /[\p{Cc}\p{Zl}\p{Zp}]/u);
      }
      if (!response.allowed) assert.ok(response.status.details.causes.length > 0);
    }
}
