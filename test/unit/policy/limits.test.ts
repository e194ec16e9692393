import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { admit, type Outcome, type Situation } from "../../support/admission.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";
import { policyContext, policyWith } from "../../support/policies.ts";

const iris = (annotations: Json = {}): Json => deploymentOf({ name: "iris", annotations });

const limited: Json = { limits: [{ restTimeout: { max: 5000 } }] };
const slow = iris({ "seldon.io/rest-timeout": "6000" });

const under = (fields: Json, situation: Situation): Outcome =>
  admit({ ...situation, policy: policyContext(policyWith(fields)) });

const idsIn = ({ causes, warnings }: Outcome): readonly string[] =>
  [...causes.map(({ message }) => message), ...warnings].map((text) => /\[([^\]]+)\]$/.exec(text)?.[1] ?? "");

describe("a limit", () => {
  test("denies what exceeds it, and says what to do", () => {
    const { allowed, causes } = under(limited, { object: slow });
    assert.equal(allowed, false);
    assert.deepEqual(causes, [
      {
        reason: "FieldValueInvalid",
        field: "metadata.annotations[seldon.io/rest-timeout]",
        message:
          'Invalid value: "6000": 6000 is over the 5000 allowed. Write a timeout in milliseconds that is within the limits. [limits/rest-timeout]',
      },
    ]);
  });

  test("judges what the policy's own default made of the object", () => {
    const policy = { ...limited, defaults: [{ restTimeout: 9000 }] };
    assert.deepEqual(idsIn(under(policy, { object: iris() })), ["limits/rest-timeout"]);
  });

  test("comes after the rules, also where those deny", () => {
    const wrong = { ...slow, spec: { predictors: [...slow.spec.predictors, ...slow.spec.predictors] } };
    const ids = idsIn(under(limited, { object: wrong }));
    assert.ok(ids.length > 1);
    assert.equal(ids.at(-1), "limits/rest-timeout");
  });
});
