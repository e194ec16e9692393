import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { maxBodyBytes } from "../../src/server/body.ts";
import { canary, type ReviewJson } from "../support/reviews.ts";
import { accepted, annotated, changed, denied, injected, rulesOf, target, type Verdict } from "./attack.ts";

/** Hostile JSON: what a body may hold that no client of good will sends. */

const { attack, answer } = target();

interface Both {
  readonly mutate: Verdict;
  readonly validate: Verdict;
}

/** Calls both endpoints. */
const both = async (body: unknown): Promise<Both> => ({
  mutate: await attack("/mutate", { body }),
  validate: await attack("/validate", { body }),
});

const text = (review: ReviewJson): string => JSON.stringify(review);

/** What becomes of a sound object that has not been mutated. */
const asEver: Both = {
  mutate: injected,
  validate: denied("metadata.annotations[seldon.io/ambassador-config] FieldValueRequired mapping-injected"),
};

/** An object that is denied for this, and left alone before. */
const left = (...causes: string[]): Both => ({ mutate: accepted, validate: denied(...causes) });

describe("hostile keys", () => {
  const pollution = '{"polluted":true,"annotations":{"seldon.io/ambassador-shadow":"true"}}';

  test("__proto__ and constructor keys in every object change no answer", async () => {
    const keys = `{"__proto__":${pollution},"constructor":{"prototype":${pollution}},`;
    const body = text(canary()).replaceAll(/\{(?!\})/g, keys);
    assert.deepEqual(await both(body), asEver);
    for (const path of ["/mutate", "/validate"])
      assert.equal((await answer(path, { body })).text, (await answer(path, { body: canary() })).text);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });

  test("__proto__, constructor and toString as annotations are annotations like others", async () => {
    const names = '"__proto__":"a","constructor":"b","toString":"c","hasOwnProperty":"d"';
    const body = text(annotated({ x: "y" })).replace('"x":"y"', names);
    assert.deepEqual(await both(body), asEver);
  });

  test("duplicate keys: the last one counts", async () => {
    const put = (traffic: string) => text(canary()).replace('"traffic":75', traffic);
    assert.deepEqual(await both(put('"traffic":1,"traffic":75')), asEver);
    assert.deepEqual(
      await both(put('"traffic":75,"traffic":1')),
      left("spec.predictors[1].traffic FieldValueInvalid predictor-traffic-sum"),
    );
  });

  test("duplicate keys: the answer carries the last uid", async () => {
    const body = text(canary()).replace('"uid":', '"uid":"first","uid":');
    assert.deepEqual(await both(body), asEver);
  });
});

test("lone surrogates in the name, in a header and in a custom text", async () => {
  const review = changed(({ request }) => {
    request.name = "\ud800";
    request.object.metadata.name = "\udc00x";
    request.object.metadata.annotations = {
      "seldon.io/ambassador-header": "x: \ud83d",
      "seldon.io/ambassador-config": "---\nname: \udfff",
    };
  });
  const config = "metadata.annotations[seldon.io/ambassador-config] FieldValueInvalid custom-config-fields";
  const expected = left(
    "metadata.name FieldValueInvalid service-dns-label",
    "metadata.annotations[seldon.io/ambassador-header] FieldValueInvalid header-form",
    config,
    config,
  );
  assert.deepEqual(await both(review), expected);
  // Bytes that are no UTF-8 would be lost on whoever reads the answer.
  assert.ok((await answer("/validate", { body: review })).text.isWellFormed());
});

test("a lone surrogate in the uid comes back as the same character", async () => {
  const body = text(canary()).replace(/"uid":"[^"]*"/, String.raw`"uid":"a\ud800"`);
  assert.deepEqual(await attack("/mutate", { body }, "a\ud800"), injected);
});

describe("JSON 100,000 deep", () => {
  const depth = 100_000;
  const expected =
    "expected an AdmissionReview of admission.k8s.io/v1 or v1beta1 for a SeldonDeployment: body must";
  for (const [name, value, problem] of [
    ["lists", `${"[".repeat(depth)}${"]".repeat(depth)}`, "be object"],
    ["objects", `${'{"a":'.repeat(depth)}0${"}".repeat(depth)}`, "have required property 'apiVersion'"],
  ] as const) {
    const put = (where: string) => text(canary()).replace(where, `${where}"deep":${value},`);

    test(`${name} as the body`, async () => {
      const refused = { code: 400, reason: "BadRequest", message: `${expected} ${problem}` };
      assert.deepEqual(await both(value), { mutate: refused, validate: refused });
    });

    for (const where of ['"request":{', '"metadata":{', '"spec":{', '"graph":{', '"userInfo":{'])
      test(`${name} in ${where}`, async () => assert.deepEqual(await both(put(where)), asEver));

    test(`${name} as an annotation`, async () => {
      const body = text(annotated({ x: 0 })).replace('"x":0', `"x":${value}`);
      assert.deepEqual(await both(body), left("metadata.annotations.x FieldValueInvalid field-types"));
    });
  }

  test("a graph of units in one another", async () => {
    const graph = `${'[{"name":"a","children":'.repeat(depth)}[]${"}]".repeat(depth)}`;
    assert.deepEqual(await both(text(canary()).replace('"children":[]', `"children":${graph}`)), asEver);
  });

  test("brackets that are never closed", async () => {
    const message = "the body must be an AdmissionReview as JSON; it is not JSON";
    assert.deepEqual(await attack("/validate", { body: "[".repeat(depth) }), {
      code: 400,
      reason: "BadRequest",
      message,
    });
  });
});

describe("7 MiB bodies", () => {
  /** A canary with a field of so many bytes that the body is as large as it may be. */
  function filled(fill: (bytes: number) => string): string {
    const rest = text(canary()).replace('"spec":{', '"spec":{"x":,');
    const value = fill(maxBodyBytes - Buffer.byteLength(rest));
    const body = rest.replace('"x":', () => `"x":${value}`);
    return body.padEnd(maxBodyBytes, " ");
  }

  const fills: [name: string, fill: (bytes: number) => string][] = [
    ["one string", (bytes) => `"${"x".repeat(bytes - 2)}"`],
    ["escapes", (bytes) => `"${"\\u0000".repeat((bytes - 2) / 6)}"`],
    ["numbers", (bytes) => `[${"0,".repeat(bytes / 2 - 2)}0]`],
    ["empty objects", (bytes) => `[${"{},".repeat(bytes / 3 - 2)}0]`],
    [
      "keys of their own",
      (bytes) => `{${Array.from({ length: (bytes - 2) / 13 }, (_, i) => `"${10_000_000 + i}":0`)}}`,
    ],
  ];
  for (const [name, fill] of fills)
    test(name, async () => {
      const body = filled(fill);
      assert.equal(Buffer.byteLength(body), maxBodyBytes);
      assert.deepEqual(await both(body), asEver);
    });
});

describe("5,000 predictors", () => {
  const predictors = (of: (i: number) => object) =>
    changed(({ request }) => {
      const { spec } = request.object as { spec: { predictors?: object[] } };
      const [first] = spec.predictors ?? [];
      spec.predictors = Array.from({ length: 5000 }, (_, i) => ({ ...first, ...of(i) }));
    });

  const shapes: [name: string, of: (i: number) => object, rules: string[]][] = [
    ["of which one is called", (i) => ({ name: `p${i}`, traffic: i === 0 ? 100 : 0 }), ["predictor-count"]],
    [
      "of one name",
      () => ({ name: "same", traffic: 50 }),
      ["predictor-count", "predictor-traffic-sum", "predictor-name-unique"],
    ],
    [
      "that are all shadows",
      (i) => ({ name: `p${i}`, traffic: 0, shadow: true }),
      ["predictor-count", "shadow-predictor-single"],
    ],
  ];
  for (const [name, of, rules] of shapes)
    test(name, async () => {
      const { mutate, validate } = await both(predictors(of));
      assert.deepEqual(mutate, accepted);
      assert.deepEqual(rulesOf(validate), rules);
    });
});

describe("huge annotations", () => {
  const huge = `x: ${"y".repeat(6_000_000)}`;
  const cases: [key: string, rules: string[]][] = [
    ["note", ["annotations-size", "mapping-injected"]],
    ["seldon.io/ambassador-header", ["header-form"]],
    ["seldon.io/ambassador-regex-header", ["header-form"]],
    ["seldon.io/ambassador-config", ["custom-config-yaml"]],
    ["seldon.io/ambassador-service-name", ["service-name-exists"]],
    ["seldon.io/ambassador-circuit-breakers-max-connections", ["annotation-integer"]],
  ];
  for (const [key, rules] of cases)
    test(`6 MB in ${key}`, async () => {
      const body = annotated({ [key]: huge });
      assert.deepEqual(rulesOf((await both(body)).validate), rules);
      // Nor does it come back several times as large.
      assert.ok((await answer("/mutate", { body })).text.length < 10_000);
    });

  test("200,000 annotations", async () => {
    const all = Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => [`seldon.io/x${i}`, "v"]));
    assert.deepEqual(rulesOf((await both(annotated(all))).validate), [
      "annotations-size",
      "mapping-injected",
    ]);
  });
});
