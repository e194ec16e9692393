import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { recordKey } from "../../../src/seldon/recorded-defaults.ts";
import { mutated } from "../../support/admission.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";
import { policyContext, policyWith } from "../../support/policies.ts";

const keys = [
  "seldon.io/ambassador-id",
  "seldon.io/ambassador-retries",
  "seldon.io/rest-timeout",
  "team.example.com/a",
];
const values = ["1", "2", "3"];

const annotations = fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...values, ""), {
  noNullPrototype: true,
});
const wanted = fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...values), { noNullPrototype: true });

const policyOf = (defaults: Record<string, string>) =>
  policyContext(
    policyWith(Object.keys(defaults).length === 0 ? {} : { defaults: [{ annotations: defaults }] }),
  );

/** Through the mutating webhook, which is called twice and must have nothing to add. */
const write = (object: Json, defaults: Record<string, string>): Json =>
  structuredClone(mutated({ object: structuredClone(object), policy: policyOf(defaults) })) as Json;

const own = (object: Json): Json => {
  const { "seldon.io/ambassador-config": _, [recordKey]: __, ...rest } = object.metadata.annotations ?? {};
  return rest;
};

describe("defaults", () => {
  test("never take the place of what the author wrote, in either place", () => {
    fc.assert(
      fc.property(annotations, annotations, wanted, wanted, (inMetadata, inSpec, first, second) => {
        const object = deploymentOf({ name: "iris", annotations: inMetadata, inSpec });
        const once = write(object, first);
        const twice = write(once, second);
        for (const written of [once, twice]) {
          assert.deepEqual(written.spec, object.spec);
          for (const [key, value] of Object.entries(inMetadata)) assert.equal(own(written)[key], value, key);
        }
      }),
    );
  });

  test("are after a change of the policy what they would have been from the start", () => {
    fc.assert(
      fc.property(annotations, annotations, wanted, wanted, (inMetadata, inSpec, first, second) => {
        const object = deploymentOf({ name: "iris", annotations: inMetadata, inSpec });
        assert.deepEqual(write(write(object, first), second), write(object, second));
      }),
    );
  });

  test("leave nothing behind once the policy has none", () => {
    fc.assert(
      fc.property(annotations, wanted, (inMetadata, first) => {
        const object = deploymentOf({ name: "iris", annotations: inMetadata });
        assert.deepEqual(own(write(write(object, first), {})), inMetadata);
        assert.equal(write(write(object, first), {}).metadata.annotations[recordKey], undefined);
      }),
    );
  });

  test("that somebody changed are that somebody's from then on", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...keys),
        fc.constantFrom("1", "2"),
        fc.constantFrom("1", "2"),
        (key, first, later) => {
          const object = write(deploymentOf({ name: "iris" }), { [key]: first });
          object.metadata.annotations[key] = "3";
          assert.equal(own(write(object, { [key]: later }))[key], "3");
          assert.equal(own(write(object, {}))[key], "3");
        },
      ),
    );
  });

  const key = "seldon.io/ambassador-retries";

  test("that an applied file names are its author's, though they are equal", () => {
    const object = write(deploymentOf({ name: "iris" }), { [key]: "1" });
    const applied = structuredClone(object);
    applied.metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"] = JSON.stringify(
      deploymentOf({ name: "iris", annotations: { [key]: "1" } }),
    );
    assert.equal(own(write(applied, { [key]: "2" }))[key], "1");
    const managed = structuredClone(object);
    managed.metadata.managedFields = [
      { operation: "Apply", fieldsV1: { "f:metadata": { "f:annotations": { [`f:${key}`]: {} } } } },
    ];
    assert.equal(own(write(managed, { [key]: "2" }))[key], "1");
    managed.metadata.managedFields[0].operation = "Update";
    assert.equal(own(write(managed, { [key]: "2" }))[key], "2");
  });

  test("are written where the author removed them", () => {
    const object = write(deploymentOf({ name: "iris" }), { [key]: "1" });
    delete object.metadata.annotations[key];
    assert.equal(own(write(object, { [key]: "1" }))[key], "1");
  });

  test("survive a record that nobody here wrote", () => {
    for (const record of ["", "{", "null", "[]", '{"a":1}', '{"__proto__":"x"}', '"text"', "{}"]) {
      const object = deploymentOf({ name: "iris", annotations: { [recordKey]: record, [key]: "7" } });
      const written = write(object, { "seldon.io/rest-timeout": "9" });
      assert.equal(own(written)[key], "7");
      assert.equal(written.metadata.annotations[recordKey], '{"seldon.io/rest-timeout":"9"}', record);
    }
  });
});
