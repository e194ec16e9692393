import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Decision } from "../../../src/admission/engine.ts";
import { failure, respond } from "../../../src/admission/respond.ts";
import type { AdmissionRequest, AdmissionReview, ReviewApiVersion } from "../../../src/admission/types.ts";
import { invalid, type Report, type Severity } from "../../../src/diagnostics/finding.ts";

const request: AdmissionRequest = {
  uid: "8a7c2d1e",
  kind: { group: "machinelearning.seldon.io", version: "v1", kind: "SeldonDeployment" },
  operation: "CREATE",
  name: "iris",
  object: {},
};

const review = (
  changes: Partial<AdmissionRequest> = {},
  apiVersion: ReviewApiVersion = "admission.k8s.io/v1",
): AdmissionReview => ({ apiVersion, kind: "AdmissionReview", request: { ...request, ...changes } });

const report = (severity: Severity, message = "is wrong"): Report => ({
  rule: "some-rule",
  severity,
  finding: invalid(["spec", "predictors", 0, "traffic"], 60, message),
  fix: "Do this.",
});

const allowed: Decision = { allowed: true, patch: [], reports: [] };
const denied = (...reports: Report[]): Decision => ({ allowed: false, patch: [], reports });

// biome-ignore lint/suspicious/noExplicitAny: an answer as its reader sees it
const answer = (to: AdmissionReview, decision: Decision): any => JSON.parse(respond(to, decision));

for (const apiVersion of ["admission.k8s.io/v1", "admission.k8s.io/v1beta1"] as const)
  test(`${apiVersion} is answered in kind`, () => {
    assert.deepEqual(answer(review({}, apiVersion), allowed), {
      apiVersion,
      kind: "AdmissionReview",
      response: { uid: "8a7c2d1e", allowed: true },
    });
  });

test("a patch is JSON in base64", () => {
  const patch = [{ op: "add", path: "/metadata/annotations", value: { ü: "🌸" } }] as const;
  const { response } = answer(review(), { ...allowed, patch });
  assert.equal(response.patchType, "JSONPatch");
  assert.deepEqual(JSON.parse(Buffer.from(response.patch, "base64").toString("utf8")), patch);
});

test("a denial is a Status with the causes", () => {
  const { response } = answer(review(), denied(report("error"), report("warning", "is odd")));
  assert.deepEqual(response, {
    uid: "8a7c2d1e",
    allowed: false,
    warnings: ["spec.predictors[0].traffic: is odd [some-rule]"],
    status: {
      apiVersion: "v1",
      kind: "Status",
      status: "Failure",
      code: 422,
      reason: "Invalid",
      message:
        'SeldonDeployment.machinelearning.seldon.io "iris" is invalid: spec.predictors[0].traffic: Invalid value: 60: is wrong. Do this. [some-rule]',
      details: {
        name: "iris",
        group: "machinelearning.seldon.io",
        kind: "SeldonDeployment",
        causes: [
          {
            reason: "FieldValueInvalid",
            field: "spec.predictors[0].traffic",
            message: "Invalid value: 60: is wrong. Do this. [some-rule]",
          },
        ],
      },
    },
  });
});

describe("a denial names the object", () => {
  const named: readonly [string, Partial<AdmissionRequest>, string][] = [
    ["by the request", { name: "a", object: { metadata: { name: "b" } } }, "a"],
    ["by the object", { name: "", object: { metadata: { name: "b" } } }, "b"],
    ["by what its name will begin with", { name: "", object: { metadata: { generateName: "c-" } } }, "c-"],
    ["not at all if there is no name", { name: "", object: { metadata: [] } }, ""],
    ["not by anything but text", { name: "", object: { metadata: { name: 5 } } }, ""],
  ];
  for (const [how, changes, name] of named)
    test(how, () => {
      assert.equal(answer(review(changes), denied(report("error"))).response.status.details.name, name);
    });
});

describe("an answer stays readable", () => {
  const many = (severity: Severity, count: number): Report[] =>
    Array.from({ length: count }, (_, index) => report(severity, `mistake ${index} ${"x".repeat(200)}`));

  test("with 50 causes, and the number of the others", () => {
    const { status } = answer(review(), denied(...many("error", 53))).response;
    assert.equal(status.details.causes.length, 50);
    assert.match(status.message, /; 3 more$/);
    assert.doesNotMatch(answer(review(), denied(...many("error", 50))).response.status.message, /more$/);
  });

  test("with 30 warnings, and the number of the others", () => {
    const warned = (count: number): string[] =>
      answer(review(), { ...allowed, reports: many("warning", count) }).response.warnings;
    assert.equal(warned(30).length, 30);
    assert.equal(warned(42).length, 31);
    assert.equal(warned(42).at(-1), "12 more warnings");
    // The API server truncates beyond 4,096 characters in all.
    assert.ok(warned(5000).join("").length <= 4096);
  });

  test("without warnings there is no list of them", () => {
    assert.equal("warnings" in answer(review(), allowed).response, false);
  });
});

test("a call that never became a decision is a Status alone", () => {
  assert.deepEqual(failure(400, "BadRequest", "expected an AdmissionReview"), {
    apiVersion: "v1",
    kind: "Status",
    status: "Failure",
    code: 400,
    reason: "BadRequest",
    message: "expected an AdmissionReview",
  });
});
