import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judgeStored } from "../../../src/admission/stored.ts";
import { validateAlone } from "../../../src/admission/validate.ts";
import { NamespaceUnknown } from "../../../src/policy/labels.ts";
import { admit, contextOf, type Outcome, type Situation } from "../../support/admission.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";
import { type PolicyWorld, policyContext, policyWith } from "../../support/policies.ts";

const iris = (metadata: Json = {}, fields: Json = {}): Json => {
  const object = deploymentOf({ name: "iris", ...fields });
  return { ...object, metadata: { ...object.metadata, ...metadata } };
};

const check = (expression: string, more: Json = {}): Json => ({
  name: "own",
  expression,
  message: "is not so",
  ...more,
});

const under = (
  checks: Json | readonly Json[],
  situation: Situation,
  more: Json = {},
  world?: PolicyWorld,
): Outcome =>
  admit({ ...situation, policy: policyContext(policyWith({ checks: [checks].flat(), ...more }), world) });

const causesOf = ({ causes }: Outcome): readonly string[] =>
  causes.map(({ field, message }) => `${field}: ${message}`);

const teamed = check('has(object.metadata.labels) && "owner" in object.metadata.labels', {
  name: "team-label",
  field: "metadata.labels[owner]",
  message: "every model belongs to a team.",
  fix: "Add the label.",
});

describe("a check", () => {
  test("denies where it gives false, with its words, at its field", () => {
    const { allowed, causes } = under(teamed, { object: iris() });
    assert.equal(allowed, false);
    assert.deepEqual(causes, [
      {
        reason: "FieldValueInvalid",
        field: "metadata.labels.owner",
        message: "Invalid value: every model belongs to a team. Add the label. [checks/team-label]",
      },
    ]);
  });

  test("lets pass where it gives true, and on deletion", () => {
    assert.equal(under(teamed, { object: iris({ labels: { owner: "ml" } }) }).allowed, true);
    assert.equal(under(teamed, { object: iris(), isDeleted: true }).allowed, true);
  });

  test("says what messageExpression gives, and where that gives nothing, its message", () => {
    const said = (messageExpression: string): readonly string[] =>
      causesOf(under(check("false", { messageExpression }), { object: iris({ labels: { team: "ml" } }) }));
    const lead = "spec: Invalid value: ";
    const tail = ". The check on line 3 of the policy asks for it. [checks/own]";
    assert.deepEqual(said("'not for ' + string(object.metadata.labels.team)"), [`${lead}not for ml${tail}`]);
    for (const nothing of ["string(object.nope)", "' '", "'a\\nb'"])
      assert.deepEqual(said(nothing), [`${lead}is not so${tail}`]);
  });

  test("shows the value of its field", () => {
    const own = check("false", { field: "metadata.annotations[seldon.io/rest-timeout]" });
    const [cause] = causesOf(
      under(own, { object: iris({}, { annotations: { "seldon.io/rest-timeout": "7" } }) }),
    );
    assert.match(
      cause ?? "",
      /^metadata\.annotations\[seldon\.io\/rest-timeout\]: Invalid value: "7": is not so\./,
    );
  });

  test("sees the object as it will be stored, with the policy's defaults and the injected text", () => {
    const own = check(
      'object.metadata.annotations["seldon.io/ambassador-id"] == "team" && has(object.metadata.annotations) && ' +
        '"seldon.io/ambassador-config" in object.metadata.annotations',
    );
    assert.equal(under(own, { object: iris() }, { defaults: [{ ambassadorId: "team" }] }).allowed, true);
  });

  test("sees the routes that are generated, and those of the author", () => {
    const generated = iris({}, { annotations: { "seldon.io/rest-timeout": "7000" } });
    const slow = check("routes.all(r, r.kind != 'rest' || r.timeoutMs <= 5000)", {
      messageExpression:
        "routes.filter(r, r.timeoutMs > 5000).map(r, r.prefix + ' to ' + r.predictor).join(', ')",
    });
    assert.match(
      causesOf(under(slow, { object: generated }))[0] ?? "",
      /: \/seldon\/models\/iris\/ to \w+\./,
    );
    const config =
      "---\napiVersion: getambassador.io/v2\nkind: Mapping\nname: own\nprefix: /own/\nservice: other.else:80\n";
    const custom = iris({}, { annotations: { "seldon.io/ambassador-config": config } });
    const own = check("routes.all(r, !r.custom || (r.predictor != '' && r.weight == 100))");
    assert.deepEqual(
      [under(own, { object: generated }).allowed, under(own, { object: custom }).allowed],
      [true, false],
    );
  });

  test("sees who is writing, and what is being done", () => {
    const own = check(
      '"ml" in request.userInfo.groups && request.operation == "CREATE" && oldObject == null',
    );
    const asked = (situation: Partial<Situation>): boolean =>
      under(own, { object: iris(), user: "ann", ...situation }).allowed;
    assert.deepEqual(
      [asked({ groups: ["ml"] }), asked({ groups: ["web"] }), asked({})],
      [true, false, false],
    );
  });

  test("sees whether it is a dry run, whatever the policy says about references", () => {
    const own = check("!request.dryRun");
    const relaxed = { rules: [{ references: "relaxed" }] };
    assert.equal(under(own, { object: iris() }, relaxed).allowed, true);
    assert.equal(under(own, { object: iris(), dryRun: true }, relaxed).allowed, false);
  });

  test("sees the labels of the namespace, and the policy reads them for that", () => {
    const own = check('namespaceObject.metadata.labels.?tier.orValue("") == "gold"');
    const world = { labels: { models: { tier: "gold" } } };
    assert.equal(policyContext(policyWith({ checks: [own] })).index.readsLabels, true);
    assert.equal(under(own, { object: iris() }, {}, world).allowed, true);
    assert.equal(under(own, { object: iris() }, {}, { labels: { models: {} } }).allowed, false);
    assert.throws(() => under(own, { object: iris() }), NamespaceUnknown);
  });

  test("does not apply elsewhere, or where `when` gives false", () => {
    const allowed = (more: Json): boolean => under(check("false", more), { object: iris() }).allowed;
    assert.deepEqual(
      [
        allowed({ namespaces: ["other"] }),
        allowed({ namespaces: ["mod*"] }),
        allowed({ when: "object.metadata.name != 'iris'" }),
      ],
      [true, false, true],
    );
  });

  test("is one of all that match, told in the order of the file, behind the rules", () => {
    const wrong = iris(
      {},
      {
        predictors: [
          { name: "a", traffic: 60 },
          { name: "b", traffic: 50 },
        ],
      },
    );
    const checks = ["z", "a"].map((name) =>
      check("false", { name, ...(name === "z" && { namespaces: ["models"] }) }),
    );
    const ids = causesOf(under(checks, { object: wrong })).map((text) => /\[([^\]]+)\]$/.exec(text)?.[1]);
    assert.deepEqual(ids, ["predictor-traffic-sum", "checks/z", "checks/a"]);
  });
});

describe("severities, messages and exemptions know checks", () => {
  const object = iris();
  const id = "checks/own";

  test("a warning, by itself or by the rules", () => {
    for (const outcome of [
      under(check("false", { severity: "warning" }), { object }),
      under(check("false"), { object }, { rules: [{ severity: { [id]: "warning" } }] }),
    ]) {
      assert.equal(outcome.allowed, true);
      assert.deepEqual(outcome.warnings, ["spec: is not so [checks/own]"]);
    }
  });

  test("off, a message of the team, an exemption", () => {
    assert.equal(under(check("false"), { object }, { rules: [{ severity: { [id]: "off" } }] }).allowed, true);
    const [cause] = causesOf(
      under(check("false"), { object }, { rules: [{ messages: { [id]: "See the wiki." } }] }),
    );
    assert.match(cause ?? "", /asks for it\. See the wiki\. \[checks\/own\]$/);
    const exemptions = [{ reason: "old", namespaces: ["models"], rules: [id] }];
    const exempt = under(check("false"), { object }, { exemptions });
    assert.deepEqual([exempt.allowed, exempt.auditAnnotations?.rules], [true, "checks/own=warning"]);
  });
});

describe("a check that cannot be evaluated", () => {
  test("denies, and says how to guard it", () => {
    const outcome = under(check('object.metadata.labels.owner == "ml"'), { object: iris() });
    assert.deepEqual(causesOf(outcome), [
      "spec: Invalid value: cannot be evaluated: No such key: owner. What fails is never let through; the check must ask with has() for what may be missing (line 3 of the policy). [checks/own]",
    ]);
  });

  test("denies where it costs too much", () => {
    const object = iris({
      annotations: Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`a/${i}`, "x"])),
    });
    const own = check("object.metadata.annotations.all(a, object.metadata.annotations.all(b, a + b != ''))");
    assert.match(
      causesOf(under(own, { object }))[0] ?? "",
      /cannot be evaluated: it takes more than the \d+ units/,
    );
  });

  test("denies where the object is too deep to look at", () => {
    const deep = JSON.parse(`${'{"a":'.repeat(200)}1${"}".repeat(200)}`);
    const object = { ...iris(), extra: deep };
    assert.match(
      causesOf(under(check("object.metadata.name == 'iris'"), { object }))[0] ?? "",
      /nested deeper/,
    );
  });

  test("denies an object whose fields cannot be read where a policy lets that pass", () => {
    const object = { ...iris(), spec: { predictors: "none" } };
    const rules = [{ severity: { "field-types": "off" } }];
    assert.equal(under(check("true"), { object }, { rules }).allowed, true);
    assert.match(
      causesOf(under(check("routes.size() == 0"), { object }, { rules }))[0] ?? "",
      /cannot be read/,
    );
    assert.match(
      causesOf(under(check("object.spec.predictors.size() > 10"), { object }, { rules }))[0] ?? "",
      /is not so/,
    );
  });
});

describe("an update of what broke a check before", () => {
  const own = check("object.metadata.labels.team in ['ml']", { field: "metadata.labels[team]" });
  const labelled = (team: string): Json => iris({ labels: { team } });

  test("is let through with a warning, as with rules", () => {
    const { allowed, warnings } = under(own, { object: labelled("x"), oldObject: labelled("x") });
    assert.deepEqual([allowed, warnings], [true, ["metadata.labels.team: is not so [checks/own]"]]);
  });

  test("is denied where it breaks it in another way", () => {
    assert.equal(under(own, { object: labelled("y"), oldObject: labelled("x") }).allowed, false);
    assert.equal(under(own, { object: labelled("x"), oldObject: iris() }).allowed, false);
  });

  test("is denied where the change itself is what is wrong", () => {
    const kept = check("object.metadata.labels.team == oldObject.metadata.labels.team", {
      when: "oldObject != null",
    });
    assert.equal(under(kept, { object: labelled("x"), oldObject: labelled("y") }).allowed, false);
    assert.equal(under(kept, { object: labelled("x"), oldObject: labelled("x") }).allowed, true);
  });
});

describe("where nobody is writing", () => {
  const stored = (expression: string, object = iris()): readonly string[] => {
    const policy = policyContext(policyWith({ checks: [check(expression)] }));
    const { reports } = judgeStored(object, "models", contextOf({ object, policy }));
    return reports.map(({ severity, finding }) => `${severity}: ${finding.message}`);
  };

  test("the object is judged as by an update that changes nothing", () => {
    assert.deepEqual(
      stored('request.operation == "UPDATE" && object == oldObject && request.uid == ""'),
      stored("true"),
    );
    assert.equal(stored("false").at(-1), "error: is not so");
  });

  test("a check that asks for the user says that it cannot be answered", () => {
    const said = "warning: nothing can be said: it asks who is writing, and nobody is";
    assert.equal(stored('request.userInfo.username == "ann"').at(-1), said);
    assert.equal(stored('request.userInfo.username != "ann"').at(-1), said);
  });
});

test("without the cluster, what reads routes is not asked", () => {
  const denied = (expression: string): boolean => {
    const object = iris();
    const policy = policyContext(policyWith({ checks: [check(expression)] }));
    const kind = { group: "machinelearning.seldon.io", version: "v1", kind: "SeldonDeployment" };
    const request = { uid: "1", kind, operation: "CREATE" as const, namespace: "models", object };
    return !validateAlone(request, contextOf({ object, policy })).allowed;
  };
  assert.deepEqual([denied("false"), denied("routes.size() < 0")], [true, false]);
});
