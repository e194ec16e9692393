import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { canary, type ReviewJson } from "../support/reviews.ts";
import { accepted, annotated, changed, injected, rulesOf, target, type Verdict } from "./attack.ts";

/** Hostile texts in an object: what Ambassador, or a log, would be given of them. */

const { attack, answer, logs } = target();
const config = "seldon.io/ambassador-config";
const service = "example-main.seldon:8000";

/** The rules that deny an object with this custom text, which is never touched. */
async function denying(text: string): Promise<readonly string[]> {
  const body = annotated({ [config]: text });
  assert.deepEqual(await attack("/mutate", { body }), accepted);
  const verdict = await attack("/validate", { body });
  const rules = rulesOf(verdict);
  assert.equal("allowed" in verdict && verdict.allowed, rules.length === 0);
  return rules;
}

/** What is wrong with a text, as its author reads it. */
async function problemOf(text: string): Promise<string> {
  const { json } = await answer("/validate", { body: annotated({ [config]: text }) });
  const [{ message }] = json.response.status.details.causes;
  return message.replace(/^Invalid value: "(?:[^"\\]|\\.)*": /, "").replace(/\. .*$/, "");
}

const bombs: [name: string, text: string, problem: string][] = [
  [
    "alias bomb: a billion laughs",
    [..."abcdefghij"]
      .map((name, i, all) => `${name}: &${name} [${Array(10).fill(i === 0 ? "x" : `*${all[i - 1]}`)}]`)
      .join("\n"),
    "Excessive alias count indicates a resource exhaustion attack",
  ],
  [
    "alias bomb: a long text a thousand times",
    `- &a ${"x".repeat(100_000)}\n${"- *a\n".repeat(1000)}`,
    "has more than 500 aliases in one document",
  ],
  [
    "merge key of the map that it stands in",
    "a: &a { <<: *a }",
    "Excessive alias count indicates a resource exhaustion attack",
  ],
  [
    "merge keys that double four hundred times",
    Array.from({ length: 400 }, (_, i) => `a${i}: &a${i} { <<: [*a${i && i - 1}, *a${i && i - 1}] }`)
      .join("\n")
      .replace("{ <<: [*a0, *a0] }", "{ x: 1 }"),
    "has more than 500 aliases in one document",
  ],
  ["100,000 lists in one another", "[".repeat(100_000), "is nested too deeply"],
  ["100,000 lists in lines of a dash", "- ".repeat(100_000), "is nested too deeply"],
  ["tag of Python", "--- !!python/object/apply:os.system ['id']", "document 1 is not a map"],
  ["tag of JavaScript", "--- !!js/function 'function () {}'", "document 1 is not a map"],
  ["10,000 tags", "- !!binary aaaa\n".repeat(10_000), "document 1 is not a map"],
];

describe("hostile YAML is denied, and not by its cost", () => {
  for (const [name, text, problem] of bombs)
    test(name, async () => {
      assert.deepEqual(await denying(text), ["custom-config-yaml"]);
      assert.equal(await problemOf(text), problem);
    });

  // A mistake at every character: each is an error of the parser.
  for (const [name, text] of [
    ["commas", `[${",".repeat(250_000)}`],
    ["tags", "! ".repeat(120_000)],
    ["quotes", '"'.repeat(250_000)],
    ["lines of a quoted text", `a: "${"x\n".repeat(120_000)}"`],
    ["braces", "{".repeat(250_000)],
  ] as const)
    test(`mistakes without end: ${name}`, async () =>
      assert.deepEqual(await denying(text), ["custom-config-yaml"]));
});

describe("hostile YAML is read as Ambassador reads it", () => {
  const mapping = `apiVersion: ambassador/v1\nkind: Mapping\nname: a\nprefix: /a/\nservice: "${service}"\n`;

  test("merge keys count", async () => {
    const [first, ...rest] = mapping.trimEnd().split("\n");
    assert.deepEqual(await denying(`${first}\n<<: { ${rest.join(", ")} }\n`), []);
    assert.deepEqual(await denying(`${first}\n`), ["custom-config-fields"]);
  });

  test("an alias in what it names", async () => {
    assert.deepEqual(await denying(`${mapping}labels: &a [*a]\n`), ["custom-config-field-types"]);
  });

  test("tags make no objects: bytes are no kind", async () => {
    const tagged = mapping.replace("kind: Mapping", "kind: !!binary TWFwcGluZw==");
    assert.deepEqual(await denying(tagged), ["custom-config-fields"]);
  });

  test("__proto__ and constructor are keys like others", async () => {
    const keys = "__proto__: { kind: Mapping }\nconstructor: { prototype: { polluted: true } }\n";
    assert.deepEqual(await denying(keys), ["custom-config-fields"]);
    assert.deepEqual(await denying(`<<: { __proto__: { kind: Mapping } }\n`), ["custom-config-fields"]);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });
});

describe("RE2 bombs", () => {
  const refused: [expression: string, rule: "re2" | "size"][] = [
    ["((a{100}){100}){100}", "re2"],
    ["(a{1000}){1000}", "re2"],
    [`${"(".repeat(1000)}${")".repeat(1000)}`, "re2"],
    ["(a*)*".repeat(1600), "re2"],
    [String.raw`\pL{1000}`, "size"],
    [`(?i)${String.raw`\PL`.repeat(500)}`, "size"],
    [`(?i)${"ſ".repeat(2000)}`, "size"],
  ];
  const inMapping = (expressions: readonly string[]): string =>
    `{ apiVersion: ambassador/v1, kind: Mapping, name: a, prefix: /a/, service: "${service}", regex_headers: {${expressions.map((each, i) => `h${i}: ${JSON.stringify(each)}`)}} }`;

  for (const [expression, rule] of refused)
    test(expression.slice(0, 20), async () => {
      const body = annotated({ "seldon.io/ambassador-regex-header": `x: ${expression}` });
      assert.deepEqual(await attack("/mutate", { body }), accepted);
      const names =
        rule === "size" ? ["regex-size", "regex-size"] : ["regex-header-re2", "custom-config-regex"];
      assert.deepEqual(rulesOf(await attack("/validate", { body })), [names[0]]);
      assert.deepEqual(await denying(inMapping([expression])), [names[1]]);
    });

  // What ruins engines that go back on their steps; RE2 does not.
  for (const expression of ["(a+)+$", "(?:a?){30}a{30}", "(a|a)*b"])
    test(`${expression} is fine`, async () => assert.deepEqual(await denying(inMapping([expression])), []));

  test("four hundred of them in one text", async () => {
    const bombs = Array.from({ length: 400 }, (_, i) => String.raw`\pL{1000}${i}`);
    assert.deepEqual(await denying(inMapping(bombs)), ["regex-size", "custom-config-regex"]);
  });
});

describe("newlines in names", () => {
  const evil = 'x\n---\nkind: Module\nname: ambassador\n"evil": "';
  type Change = (request: ReviewJson["request"]) => void;
  // biome-ignore lint/suspicious/noExplicitAny: an object of many shapes
  const inPredictor = (change: (predictor: any) => void): Change => {
    return ({ object }) => change((object.spec as { predictors: unknown[] }).predictors[0]);
  };
  const note =
    (key: string): Change =>
    ({ object }) =>
      Object.assign(object.metadata, { annotations: { [key]: `x: ${evil}` } });

  const denied: [name: string, change: Change, rule: string][] = [
    ["of the object", ({ object }) => Object.assign(object.metadata, { name: evil }), "service-dns-label"],
    ["of a predictor", inPredictor((each) => Object.assign(each, { name: evil })), "service-dns-label"],
    [
      "of a Service",
      inPredictor((each) => Object.assign(each, { annotations: { "seldon.io/svc-name": evil } })),
      "service-dns-label",
    ],
    [
      "of a certificate",
      inPredictor((each) => Object.assign(each, { ssl: { certSecretName: evil } })),
      "cert-secret-name",
    ],
    ["of a header", note("seldon.io/ambassador-header"), "header-form"],
    ["of an Ambassador", note("seldon.io/ambassador-id"), "ambassador-id-form"],
    ["of a target", note("seldon.io/ambassador-service-name"), "service-name-exists"],
    ["in a number", note("seldon.io/rest-timeout"), "annotation-integer"],
  ];
  for (const [name, change, rule] of denied)
    test(`${name} are denied, and nothing is injected`, async () => {
      const body = changed(({ request }) => change(request));
      assert.deepEqual(await attack("/mutate", { body }), accepted);
      assert.deepEqual(rulesOf(await attack("/validate", { body })), [rule]);
      const { json } = await answer("/validate", { body });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none may reach a terminal
      assert.doesNotMatch(json.response.status.message, /[\u0000-\u001f]/);
    });

  /** The documents that the patch of a review would have Ambassador read. */
  async function documents(review: ReviewJson): Promise<readonly unknown[]> {
    const { json } = await answer("/mutate", { body: review });
    const [{ value }] = JSON.parse(Buffer.from(json.response.patch, "base64").toString());
    return parseAllDocuments(value[config] ?? value).map((each) => each.toJS().kind);
  }

  // Where names are the API server's to check, what is written of them is quoted all the same.
  const quoted: [name: string, change: Change][] = [
    ["of the request", (request) => Object.assign(request, { name: evil })],
    ["of the namespace", (request) => Object.assign(request, { namespace: evil })],
    ["of the object's namespace", ({ object }) => Object.assign(object.metadata, { namespace: evil })],
    ["of the user", (request) => Object.assign(request, { userInfo: { username: evil, groups: [evil] } })],
    ["of the spec", ({ object }) => Object.assign(object.spec, { name: evil })],
    ["of a unit", inPredictor(({ graph }) => Object.assign(graph, { name: evil }))],
    ["of an annotation", note(`seldon.io/ambassador-${evil}`)],
  ];
  for (const [name, change] of quoted)
    test(`${name} stay inside of quotes, and on one line of the log`, async () => {
      const review = changed(({ request }) => change(request));
      const before = logs().length;
      assert.deepEqual(await documents(review), await documents(canary()));
      // Each line is JSON, or reading them would have failed.
      assert.equal(logs().length, before + 2);
      const verdict: Verdict = await attack("/mutate", { body: review });
      assert.deepEqual(verdict, injected);
    });

  test("in the uid come back as they are, on one line of the log", async () => {
    const before = logs().length;
    const body = changed(({ request }) => Object.assign(request, { uid: evil }));
    assert.deepEqual(await attack("/mutate", { body }, evil), injected);
    assert.deepEqual(
      logs()
        .slice(before)
        .map(({ uid }) => uid),
      [evil, canary().request.uid],
    );
  });
});
