import assert from "node:assert/strict";
import { test } from "node:test";
import { versionIn } from "../../../../src/doctor/gather/workloads.ts";

test("the version of an image is in its tag", () => {
  const versions = {
    "docker.io/emissaryingress/emissary:3.9.1": "3.9.1",
    "registry:5000/datawire/ambassador:v1.14.4": "1.14.4",
    "seldonio/seldon-core-operator:1.18.2-dev": "1.18.2",
    "seldonio/seldon-core-operator:1.18": "1.18",
    "quay.io/datawire/ambassador:2.1.0@sha256:1234": "2.1.0",
    "registry:5000/datawire/ambassador": undefined,
    "emissary:latest": undefined,
    "emissary@sha256:1234": undefined,
    "": undefined,
  };
  for (const [image, version] of Object.entries(versions)) assert.equal(versionIn(image), version, image);
  assert.equal(versionIn(undefined), undefined);
});
