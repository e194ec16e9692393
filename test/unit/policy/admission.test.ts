import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { recordKey } from "../../../src/seldon/recorded-defaults.ts";
import { admit, type Outcome, type Situation } from "../../support/admission.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";
import { settingsWith } from "../../support/injection.ts";
import { type PolicyWorld, policyContext, policyWith } from "../../support/policies.ts";

/** 60 and 50: an error of the object's own. */
const wrong = (more: Json = {}): Json => {
  const object = deploymentOf({
    name: "iris",
    predictors: [
      { name: "main", traffic: 60 },
      { name: "canary", traffic: 50 },
    ],
  });
  return { ...object, metadata: { ...object.metadata, ...more } };
};

/** A shadow of nothing: an error that depends on others. */
const dangling = deploymentOf({
  name: "copy",
  annotations: { "seldon.io/ambassador-service-name": "nobody", "seldon.io/ambassador-shadow": "true" },
});

/** An empty header annotation: a warning. */
const warned = deploymentOf({ name: "iris", annotations: { "seldon.io/ambassador-header": "" } });

const under = (fields: Json, situation: Situation, world?: PolicyWorld): Outcome =>
  admit({ ...situation, policy: policyContext(policyWith(fields), world) });

const rulesOf = ({ causes, warnings }: Outcome) => ({
  errors: causes.map(({ message }) => /\[([a-z0-9/-]+)\]$/.exec(message)?.[1]),
  warnings: warnings.map((line) => /\[([a-z0-9/-]+)\]$/.exec(line)?.[1]),
});

const severity = (id: string, value: string, selector: object = {}): Json => ({
  rules: [{ ...selector, severity: { [id]: value } }],
});

const configIn = ({ object }: Outcome): string | undefined =>
  (object as Json).metadata.annotations?.["seldon.io/ambassador-config"];

describe("severity", () => {
  const none = { errors: [], warnings: [] };

  test("an error that is a warning lets the object pass, without a text", () => {
    const outcome = under(severity("predictor-traffic-sum", "warning"), { object: wrong() });
    assert.equal(outcome.allowed, true);
    assert.deepEqual(rulesOf(outcome), { errors: [], warnings: ["predictor-traffic-sum"] });
    assert.equal(configIn(outcome), undefined);
  });

  test("an error that is off is not told", () => {
    const outcome = under(severity("predictor-traffic-sum", "off"), { object: wrong() });
    assert.deepEqual([outcome.allowed, rulesOf(outcome), configIn(outcome)], [true, none, undefined]);
  });

  test("a warning that is an error denies", () => {
    const outcome = under(severity("annotation-empty", "error"), { object: warned });
    assert.equal(outcome.allowed, false);
    assert.deepEqual(rulesOf(outcome), { errors: ["annotation-empty"], warnings: [] });
  });

  test("a warning that is off is not told", () => {
    assert.deepEqual(rulesOf(under(severity("annotation-empty", "off"), { object: warned })), none);
  });

  test("what a rule softens by itself stays a warning", () => {
    const outcome = under(severity("service-name-exists", "error"), { object: dangling, dryRun: true });
    assert.deepEqual(rulesOf(outcome), { errors: [], warnings: ["service-name-exists"] });
  });

  test("of deletions, whatever deletionSeverity says", () => {
    const guest = deploymentOf({
      name: "copy",
      annotations: { "seldon.io/ambassador-service-name": "iris", "seldon.io/ambassador-shadow": "true" },
    });
    const deletion = { object: deploymentOf({ name: "iris" }), isDeleted: true, existing: [guest] };
    for (const deletionSeverity of ["warning", "error"] as const) {
      const situation = { ...deletion, settings: settingsWith({ deletionSeverity }) };
      assert.equal(under({}, situation).allowed, deletionSeverity === "warning");
      assert.equal(under(severity("deletion-unattached", "error"), situation).allowed, false);
      const told = rulesOf(under(severity("deletion-unattached", "warning"), situation));
      assert.deepEqual(told, { errors: [], warnings: ["deletion-unattached"] });
      assert.deepEqual(rulesOf(under(severity("deletion-unattached", "off"), situation)), none);
    }
  });

  test("holds in the namespaces of its entry only", () => {
    const policy = severity("predictor-traffic-sum", "off", { namespaces: ["models"] });
    assert.equal(under(policy, { object: wrong() }).allowed, true);
    const object = wrong({ namespace: "other" });
    assert.equal(under(policy, { object, namespace: "other" }).allowed, false);
  });

  test("a relaxed error of others leaves the text to be judged", () => {
    const policy = severity("service-name-exists", "warning");
    const outcome = under(policy, { object: dangling, isMutated: false });
    assert.deepEqual(rulesOf(outcome), { errors: ["mapping-injected"], warnings: ["service-name-exists"] });
    assert.equal(under(policy, { object: dangling }).allowed, true);
  });

  test("an object that cannot be read is judged by the policy too", () => {
    const object = { ...wrong(), spec: { predictors: "none" } };
    assert.equal(under(severity("field-types", "warning"), { object }).allowed, true);
    assert.equal(under({}, { object }).allowed, false);
  });

  test("an error of the policy that was there before is a warning in an update of something else", () => {
    const policy = severity("annotation-empty", "error");
    const outcome = under(policy, { object: warned, oldObject: warned });
    assert.deepEqual([outcome.allowed, rulesOf(outcome).warnings], [true, ["annotation-empty"]]);
  });

  test("references can be relaxed: what they name may come later", () => {
    const relaxed = { rules: [{ references: "relaxed" }, { namespaces: ["strict"], references: "strict" }] };
    const object = { ...dangling, metadata: { ...dangling.metadata, namespace: "strict" } };
    assert.deepEqual(rulesOf(under(relaxed, { object: dangling })).warnings, ["service-name-exists"]);
    assert.equal(under(relaxed, { object, namespace: "strict" }).allowed, false);
  });

  test("a message is added to the denial", () => {
    const messages = { "*": "Ask in #models.", "header-form": "Not this." };
    const [cause] = under({ rules: [{ messages }] }, { object: wrong() }).causes;
    assert.match(cause?.message ?? "", /\. Ask in #models\. \[predictor-traffic-sum\]$/);
  });
});

describe("exemption", () => {
  const exemption = (fields: Json): Json => ({ exemptions: [{ reason: "moving", ...fields }] });
  const line = "exemption (line 3, predictor-traffic-sum): moving";

  for (const [name, fields, situation] of [
    ["namespace", { namespaces: ["mod*"] }, {}],
    ["user", { users: ["alice", "bob"] }, { user: "bob" }],
    ["group", { groups: ["oncall"] }, { user: "bob", groups: ["a", "oncall"] }],
    ["service account", { serviceAccounts: ["ci/deployer"] }, { user: "system:serviceaccount:ci:deployer" }],
    ["rules", { namespaces: ["models"], rules: ["predictor-traffic-sum"] }, {}],
  ] as const)
    test(`by ${name}`, () => {
      const outcome = under(exemption(fields), { object: wrong(), ...situation });
      assert.equal(outcome.allowed, true);
      assert.deepEqual(rulesOf(outcome), { errors: [], warnings: ["predictor-traffic-sum"] });
      assert.equal(outcome.auditAnnotations?.exemption, line);
    });

  test("by labels of the object", () => {
    const policy = exemption({ objectSelector: { matchLabels: { team: "a" } } });
    assert.equal(under(policy, { object: wrong({ labels: { team: "a" } }) }).allowed, true);
    assert.equal(under(policy, { object: wrong({ labels: { team: "b" } }) }).allowed, false);
  });

  for (const [name, fields, situation] of [
    ["another namespace", { namespaces: ["other"] }, {}],
    ["nobody in particular", { users: ["bob"] }, {}],
    ["a user called like a service account", { serviceAccounts: ["ci/deployer"] }, { user: "ci/deployer" }],
    ["a group that is a user's name", { groups: ["bob"] }, { user: "bob" }],
    ["only some of what it names", { users: ["bob"], namespaces: ["other"] }, { user: "bob" }],
    ["other rules", { users: ["bob"], rules: ["header-form"] }, { user: "bob" }],
  ] as const)
    test(`not for ${name}`, () => {
      const { allowed, auditAnnotations } = under(exemption(fields), { object: wrong(), ...situation });
      assert.deepEqual([allowed, auditAnnotations?.exemption], [false, undefined]);
    });

  test("until it expires", () => {
    const policy = exemption({ users: ["bob"], expires: "2027-01-31" });
    const at = (now: string) => under(policy, { object: wrong(), user: "bob" }, { now }).allowed;
    assert.deepEqual([at("2027-01-31T23:59:59.999Z"), at("2027-02-01T00:00:00Z")], [true, false]);
  });

  test("is not used where nothing would have been denied", () => {
    const outcome = under(exemption({ users: ["bob"] }), { object: warned, user: "bob" });
    assert.equal(outcome.auditAnnotations?.exemption, undefined);
  });

  test("goes before a locked rule", () => {
    const rules = [{ locked: ["predictor-traffic-sum"] }];
    const policy = { ...exemption({ users: ["bob"] }), rules };
    assert.equal(under(policy, { object: wrong(), user: "bob" }).allowed, true);
  });

  test("of a deletion is its user's", () => {
    const guest = deploymentOf({
      name: "copy",
      annotations: { "seldon.io/ambassador-service-name": "iris", "seldon.io/ambassador-shadow": "true" },
    });
    const deletion = { object: deploymentOf({ name: "iris" }), existing: [guest], isDeleted: true };
    const policy = { ...exemption({ users: ["bob"] }), deletionSeverity: "error" };
    const settings = settingsWith({ deletionSeverity: "error" } as never);
    const as = (user: string) => under(policy, { ...deletion, isMutated: false, settings, user }).allowed;
    assert.deepEqual([as("alice"), as("bob")], [false, true]);
  });
});

describe("break-glass", () => {
  const policy = { breakGlass: { users: ["bob"], groups: ["oncall"] } };
  const object = wrong({ annotations: { "seldon-ambassador-webhook/break-glass": "INC-7" } });

  test("counts for those whom the policy names", () => {
    for (const situation of [{ user: "bob" }, { user: "eve", groups: ["oncall"] }]) {
      const outcome = under(policy, { object, ...situation });
      assert.equal(outcome.allowed, true);
      assert.equal(outcome.auditAnnotations?.exemption, "break-glass (line 3, predictor-traffic-sum): INC-7");
    }
  });

  test("counts for nobody else, without a reason, or without being named in the policy", () => {
    const silent = wrong({ annotations: { "seldon-ambassador-webhook/break-glass": " " } });
    assert.equal(under(policy, { object, user: "eve" }).allowed, false);
    assert.equal(under(policy, { object: silent, user: "bob" }).allowed, false);
    assert.equal(under({}, { object, user: "bob" }).allowed, false);
    assert.equal(admit({ object, user: "bob" }).allowed, false);
  });
});

describe("audit annotations", () => {
  test("name policy and rules", () => {
    const { auditAnnotations } = under({ metadata: { name: "small" } }, { object: wrong() });
    assert.match(auditAnnotations?.policy ?? "", /^small@[0-9a-f]{12}$/);
    assert.equal(auditAnnotations?.rules, "predictor-traffic-sum=error");
  });

  test("are absent without a policy", () => {
    assert.equal(admit({ object: wrong() }).auditAnnotations, undefined);
  });
});

describe("defaults", () => {
  const policy = { defaults: [{ restTimeout: 7000, grpcTimeout: 8000, ambassadorId: "x" }] };
  const object = deploymentOf({ name: "iris" });

  test("make the text, and the validating webhook agrees", () => {
    const outcome = under(policy, { object });
    assert.deepEqual([outcome.allowed, outcome.warnings], [true, []]);
    const text = configIn(outcome) ?? "";
    for (const part of ['"timeout_ms": 7000', '"timeout_ms": 8000', '"ambassador_id": "x"'])
      assert.ok(text.includes(part), part);
  });

  for (const [operatorVersion, key] of [
    ["1.18", "seldon.io/rest-timeout"],
    ["1.8", "seldon.io/rest-timeout"],
    ["1.0", "seldon.io/rest-read-timeout"],
    ["0.5", "seldon.io/rest-read-timeout"],
  ] as const)
    test(`operator ${operatorVersion}: written into metadata, and the text is made of them`, () => {
      const settings = settingsWith({ seldon: { operatorVersion } });
      const carrier = operatorVersion === "1.18" ? ("metadata" as const) : ("spec" as const);
      const outcome = under(policy, { object, settings: { ...settings, carrier } }, { operatorVersion });
      assert.deepEqual([outcome.allowed, outcome.causes, outcome.warnings], [true, [], []]);
      const { metadata, spec } = outcome.object as Json;
      assert.equal(metadata.annotations[key], "7000");
      assert.equal(JSON.parse(metadata.annotations[recordKey])[key], "7000");
      const { "seldon.io/ambassador-config": text, ...rest } =
        carrier === "spec" ? spec.annotations : metadata.annotations;
      assert.ok(text.includes('"timeout_ms": 7000'));
      if (carrier === "spec") assert.deepEqual(rest, {}, "no default stands where it would restart pods");
    });
});
