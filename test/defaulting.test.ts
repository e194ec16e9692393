import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse, stringify } from "yaml";
import { admit } from "./support/admission.ts";
import type { Json } from "./support/deployment.ts";
import { policyContext, policyOf } from "./support/policies.ts";

/**
 * Each case is a folder: `object.yaml` meets the policies of `policy.yaml`, `policy-2.yaml` and so on, one after the
 * other, as writes that change nothing. `expected.yaml` has the annotations after each; `npm run golden` writes it.
 */
const root = join(import.meta.dirname, "defaulting");

const textOf = (annotations: Json = {}): Json =>
  Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [
      key,
      key === "seldon.io/ambassador-config" ? parse(String(value).split("\n---\n")[0] ?? "") : value,
    ]),
  );

const labels = { models: { team: "search", tier: "gold" } };

for (const name of readdirSync(root).sort())
  test(`defaulting/${name}`, () => {
    const folder = join(root, name);
    let object: Json = parse(readFileSync(join(folder, "object.yaml"), "utf8"));
    const policies = readdirSync(folder)
      .filter((file) => /^policy(-\d)?\.yaml$/.test(file))
      .sort((a, b) => a.length - b.length || a.localeCompare(b));
    const steps = policies.map((file) => {
      const policy = policyContext(policyOf(readFileSync(join(folder, file), "utf8")), { labels });
      const outcome = admit({ object: structuredClone(object), policy });
      assert.deepEqual(outcome.causes, []);
      const before = object;
      object = structuredClone(outcome.object) as Json;
      assert.deepEqual(object.spec, before.spec, "defaults stand in metadata only");
      return { policy: file, annotations: textOf(object.metadata.annotations), warnings: outcome.warnings };
    });
    const golden = join(folder, "expected.yaml");
    const actual = stringify(steps, { lineWidth: 0 });
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, actual);
    assert.equal(actual, existsSync(golden) ? readFileSync(golden, "utf8") : "");
  });
