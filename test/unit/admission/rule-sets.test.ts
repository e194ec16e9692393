import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { objectRules, run } from "../../../src/admission/rule-sets.ts";
import { documentsOf } from "../../../src/mapping/injection.ts";
import { subjectOf } from "../../../src/mapping/subject.ts";
import { neighboursOf } from "../../../src/routes/neighbours.ts";
import { decodeDeployment } from "../../../src/seldon/decode.ts";
import { contextOf } from "../../support/admission.ts";
import { plausibleDeployment } from "../../support/arbitraries.ts";

const skipped = objectRules.all.filter((rule) => !objectRules.plain.includes(rule));

test("the rules that are skipped where the author wrote no configuration have nothing to say there", () => {
  assert.ok(skipped.length > 10);
  let without = 0;
  fc.assert(
    fc.property(plausibleDeployment, (object) => {
      const { deployment } = decodeDeployment(object, "seldon");
      if (deployment === undefined) return;
      const context = contextOf({ object });
      const subject = subjectOf(deployment, context.settings);
      if (subject.customs.length > 0) return;
      without++;
      const documents = () => documentsOf(subject, context);
      const neighbours = () => neighboursOf(subject, context, documents);
      for (const operation of ["CREATE", "UPDATE"] as const) {
        const input = { ...subject, ...context, operation, dryRun: false, neighbours };
        assert.deepEqual(run(skipped, input), []);
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(without > 100, `${without} without a configuration`);
});
