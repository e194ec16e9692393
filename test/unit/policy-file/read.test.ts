import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { expiryOf } from "../../../src/policy-file/expiry.ts";
import { maxPolicyBytes } from "../../../src/policy-file/parse.ts";
import { problemLine, readPolicy } from "../../../src/policy-file/read.ts";
import { hostileText } from "../../support/arbitraries.ts";
import { policyOf, policyText } from "../../support/policies.ts";

/** What is said about a text, `line:column: …`. */
const said = (text: string): readonly string[] =>
  (readPolicy(text).problems ?? []).map((problem) => problemLine("", problem).slice(1));

/** The same for what follows the first two lines. */
const about = (body: string): readonly string[] => said(policyText(body));

describe("a policy file", () => {
  test("that says nothing is sound", () => {
    const { name, digest, ...lists } = policyOf(policyText());
    assert.equal(name, "");
    assert.deepEqual(lists, {
      defaults: [],
      rules: [],
      limits: [],
      checks: [],
      exemptions: [],
      operators: [],
      breakGlass: undefined,
    });
    assert.match(digest, /^[0-9a-f]{12}$/);
  });

  test("may begin with a byte order mark and be JSON", () => {
    policyOf(`\ufeff{"apiVersion": "seldon-ambassador-webhook/v1alpha1", "kind": "Policy"}`);
  });

  for (const [text, problem] of [
    ["", "1:1: Invalid value: null: must be a map of fields"],
    ["[]", "1:1: Invalid value: […]: must be a map of fields"],
    ["a: &x 1\nb: *x\n", "2:4: aliases are not read here: write it out"],
    ["a: !!binary x\n", "1:13: tags are not read here"],
    ["a: !x {}\n", null],
    ["<<: {}\n", "1:1: merge keys are not read here"],
    ["a: 1\na: 2\n", '2:1: the key "a" stands twice'],
    ["? [a]\n: b\n", "1:3: a key must be text"],
    ["1: 2\n", "1:1: a key must be text"],
    ["---\na: 1\n---\nb: 1\n", "3:1: must be one YAML document"],
    [`a: ${"[".repeat(100_000)}`, "1:503: nested deeper than 500 levels"],
    [`a: ${"- ".repeat(100_000)}`, null],
    ["%YAML 1.1\n---\nb: off\n", null],
  ] as const)
    test(`is not ${JSON.stringify(text.slice(0, 30))}`, () => {
      const [first] = said(text);
      assert.ok(first);
      if (problem !== null) assert.equal(first, problem);
    });

  test("is at most a mebibyte", () => {
    assert.deepEqual(said("#".repeat(maxPolicyBytes + 1)), ["1:1: must not be larger than 1048576 bytes"]);
  });

  test("that is a bomb of aliases is refused at the first alias", () => {
    const bomb = Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`).slice(1);
    assert.deepEqual(said(`a0: &a0 x\n${bomb.join("\n")}`), [
      "2:10: aliases are not read here: write it out",
    ]);
  });

  test("never does more harm than to be refused", () => {
    fc.assert(
      fc.property(hostileText, hostileText, (key, value) => {
        for (const text of [
          value,
          policyText(value),
          policyText(`${JSON.stringify(key)}: ${JSON.stringify(value)}\n`),
          policyText(`rules: [{ severity: { ${JSON.stringify(key)}: off } }]\n`),
          policyText(`defaults: [{ annotations: { ${JSON.stringify(key)}: ${JSON.stringify(value)} } }]\n`),
        ])
          for (const { line, column } of readPolicy(text).problems ?? []) assert.ok(line > 0 && column > 0);
      }),
      { numRuns: 500 },
    );
  });

  test("with a key called __proto__ has an unknown field", () => {
    assert.deepEqual(about("__proto__: { kind: x }\n"), ["3:1: __proto__: unknown field"]);
    assert.deepEqual(about("rules:\n  - severity: { __proto__: off }\n"), [
      '4:17: rules[0].severity.__proto__: Invalid value: "__proto__": must be the id of a rule',
    ]);
  });
});

describe("mistakes are told with their place", () => {
  for (const [body, ...problems] of [
    ["default: []\n", "3:1: default: unknown field; did you mean defaults?"],
    ["limits: {}\n", "3:1: limits: Invalid value: {…}: must be a list of 1 to 10000"],
    [
      "rules:\n  - severity: { predictor-trafic-sum: off, service-exists: off }\n",
      "4:17: rules[0].severity[predictor-trafic-sum]: unknown rule; did you mean predictor-traffic-sum?",
      "4:44: rules[0].severity[service-exists]: unknown rule",
    ],
    [
      "rules:\n  - severity: { field-types: offf }\n",
      '4:17: rules[0].severity[field-types]: Invalid value: "offf": must be error, warning or off',
    ],
    [
      "rules:\n  - locked: [field-types, header-form]\n    severity: { header-form: warning }\n  - namespaces: [a]\n    severity: { field-types: warning, header-form: off }\n    locked: [port-range]\n  - namespaces: [b]\n    severity: { header-form: warning, port-range: off }\n",
      "7:17: rules[1].severity[field-types]: the rule is locked: no namespace may have it below error",
      "7:39: rules[1].severity[header-form]: the rule is locked: no namespace may have it below warning",
      "8:5: rules[1].locked: rules are locked for all namespaces, in an entry for all",
    ],
    [
      'defaults:\n  - annotations: { seldon.io/ambassador-retries: "x", getambassador.io/config: "y" }\n    retries: 1\n',
      "4:20: defaults[0].annotations[seldon.io/ambassador-retries]: seldon.io/ambassador-retries has a default in this entry already",
      "4:55: defaults[0].annotations[getambassador.io/config]: a configuration cannot be a default",
    ],
    [
      'defaults:\n  - annotations: { seldon.io/rest-timeout: "5s" }\n',
      '4:20: defaults[0].annotations[seldon.io/rest-timeout]: Invalid value: "5s": must be an integer from 0 to 2147483647',
    ],
    [
      "defaults:\n  - ambassadorId: 'a,b'\n",
      '4:5: defaults[0].ambassadorId: Invalid value: "a,b": is one id, but reads like a list',
    ],
    [
      "exemptions:\n  - { reason: x, users: [bob], expires: 2027-02-29 }\n",
      '4:32: exemptions[0].expires: Invalid value: "2027-02-29": must be an RFC 3339 date or time, such as 2027-01-31 or 2027-01-31T12:00:00Z',
    ],
    [
      "exemptions:\n  - reason: x\n",
      "4:5: exemptions[0]: Invalid value: {…}: must be an exemption that says for whom: namespaces, namespaceSelector, users, groups, serviceAccounts or objectSelector",
    ],
    ["exemptions:\n  - users: [bob]\n", "4:5: exemptions[0]: Required value: reason"],
    [
      "rules:\n  - namespaceSelector: { matchExpressions: [{ key: a, operator: In }, { key: a, operator: Exists, values: [x] }] }\n",
      "4:55: rules[0].namespaceSelector.matchExpressions[0].operator: In takes values",
      "4:81: rules[0].namespaceSelector.matchExpressions[1].operator: Exists takes no values",
    ],
    [
      "limits:\n  - namespaces: [a]\n",
      "4:5: limits[0]: Invalid value: {…}: must be an entry of limits with at least one of ambassadorIds, restTimeout, grpcTimeout, retries, canary, requiredLabels, requiredAnnotations, customConfig",
    ],
    [
      "limits:\n  - { restTimeout: {}, retries: { max: -1 }, canary: { maxStep: 101, step: 1 } }\n",
      "4:7: limits[0].restTimeout: Invalid value: {…}: must be a map with at least one of min, max",
      "4:35: limits[0].retries.max: Invalid value: -1: must be a whole number from 0 to 2147483647",
      "4:56: limits[0].canary.maxStep: Invalid value: 101: must be a whole number from 0 to 100",
      "4:70: limits[0].canary.step: unknown field",
    ],
    [
      "limits:\n  - restTimeout: { min: 5, max: 4 }\n    grpcTimeout: { min: 5, max: 5 }\n",
      "4:20: limits[0].restTimeout.min: Invalid value: 5: is over the max of 4",
    ],
    [
      "limits:\n  - ambassadorIds: { known: [a, b-*], allowed: [a], required: [a, b-1, c] }\n",
      "4:67: limits[0].ambassadorIds.required[1]: b-1 is not among those allowed",
      "4:72: limits[0].ambassadorIds.required[2]: c is not among those known",
      "4:72: limits[0].ambassadorIds.required[2]: c is not among those allowed",
    ],
    [
      "limits:\n  - requiredLabels: [{ key: a, pattern: '(' }, { key: a }, { key: b, pattern: '(?=x)' }, { key: c, pattern: 'a{1000}{10}' }]\n",
      '4:32: limits[0].requiredLabels[0].pattern: Invalid value: "(": must be an RE2 expression of at most 2000 steps',
      "4:50: limits[0].requiredLabels[1].key: a is required already",
      '4:70: limits[0].requiredLabels[2].pattern: Invalid value: "(?=x)": must be an RE2 expression of at most 2000 steps',
      '4:100: limits[0].requiredLabels[3].pattern: Invalid value: "a{1000}{10}": must be an RE2 expression of at most 2000 steps',
    ],
    [
      "rules:\n  - severity: { limits/rest-timeout: off, limits/: off, other/retries: off }\n",
      '4:43: rules[0].severity[limits/]: Invalid value: "limits/": must be the id of a rule',
      '4:57: rules[0].severity[other/retries]: Invalid value: "other/retries": must be the id of a rule',
    ],
    [
      "rules:\n  - severity: { limits/rest-timeot: off }\n    locked: [limits/retries]\n  - namespaces: [a]\n    severity: { limits/retries: warning }\n",
      "4:17: rules[0].severity[limits/rest-timeot]: unknown rule; did you mean limits/rest-timeout?",
      "7:17: rules[1].severity[limits/retries]: the rule is locked: no namespace may have it below error",
    ],
    ["seldon: { operatorVersion: 1.10 }\n", null],
  ] as const)
    test(JSON.stringify(body).slice(0, 60), () => {
      if (problems[0] === null) assert.equal(about(body).length, 1);
      else assert.deepEqual(about(body), problems);
    });
});

test("off is a severity, not false", () => {
  const { rules } = policyOf(policyText("rules:\n  - severity: { header-form: off }\n"));
  assert.deepEqual(rules[0]?.severity.get("header-form"), { value: "off", line: 4 });
});

describe("an expiry", () => {
  for (const [text, moment] of [
    ["2027-01-31", "2027-02-01T00:00:00.000Z"],
    ["2028-02-29", "2028-03-01T00:00:00.000Z"],
    ["2027-01-31T12:00:00Z", "2027-01-31T12:00:00.000Z"],
    ["2027-01-31t12:00:00.5+02:00", "2027-01-31T10:00:00.500Z"],
    ["2027-02-29", undefined],
    ["2027-1-31", undefined],
    ["2027-01-31T12:00:00", undefined],
    ["2027-01-31T25:00:00Z", undefined],
    ["tomorrow", undefined],
    ["", undefined],
  ] as const)
    test(`${text} is ${moment ?? "none"}`, () => {
      const found = expiryOf(text);
      assert.equal(found === undefined ? undefined : new Date(found).toISOString(), moment);
    });
});
