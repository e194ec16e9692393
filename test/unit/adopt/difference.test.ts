import assert from "node:assert/strict";
import { test } from "node:test";
import { differenceOf } from "../../../src/adopt/difference.ts";
import { deploymentOf } from "../../support/deployment.ts";

const plain = (_: unknown, text: string): string => text;

test("the difference is shown as kubectl shows objects, without the owners of fields", () => {
  const before = deploymentOf({ annotations: { team: "botany" } });
  before.metadata.managedFields = [{ manager: "kubectl" }];
  const after = structuredClone(before);
  after.metadata.annotations["seldon.io/ambassador-config"] = '# Made\n"kind": "Mapping"\n';
  assert.equal(
    differenceOf("models/iris", before, after, plain),
    `--- a/models/iris
+++ b/models/iris
@@ -5,6 +5,9 @@
   namespace: models
   annotations:
     team: botany
+    seldon.io/ambassador-config: |
+      # Made
+      "kind": "Mapping"
   labels:
     team: botany
 spec:
`,
  );
});
