import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeReview } from "../../../src/admission/decode.ts";
import { canary, type ReviewJson } from "../../support/reviews.ts";

// biome-ignore lint/suspicious/noExplicitAny: envelopes are broken in every way
const changed = (change: (review: any) => void): ReviewJson => {
  const review = canary();
  change(review);
  return review;
};

test("a sound envelope comes back as it is", () => {
  const review = canary();
  assert.equal(decodeReview(review), review);
});

for (const apiVersion of ["admission.k8s.io/v1", "admission.k8s.io/v1beta1"])
  for (const version of ["v1alpha2", "v1alpha3", "v1"])
    test(`${apiVersion} may bring ${version}`, () => {
      decodeReview(
        changed((review) => {
          review.apiVersion = apiVersion;
          review.request.kind.version = version;
        }),
      );
    });

describe("whatever is optional may be missing", () => {
  for (const field of ["name", "namespace", "userInfo", "oldObject", "dryRun", "subResource", "resource"])
    test(field, () => {
      decodeReview(changed((review) => delete review.request[field]));
    });

  test("the object of a DELETE", () => {
    decodeReview(
      changed((review) => {
        review.request.operation = "DELETE";
        review.request.object = null;
      }),
    );
  });

  test("the kind of a subresource is its own", () => {
    decodeReview(
      changed((review) => {
        review.request.kind.kind = "Scale";
        review.request.subResource = "scale";
      }),
    );
  });
});

describe("a malformed envelope is a BadRequest that says what was expected", () => {
  // biome-ignore lint/suspicious/noExplicitAny: envelopes are broken in every way
  const broken: readonly [string, any, RegExp][] = [
    ["nothing", undefined, /body must be object$/],
    ["null", null, /body must be object$/],
    ["a list", [], /body must be object$/],
    ["a text", "{}", /body must be object$/],
    ["an empty object", {}, /body must have required property 'apiVersion'$/],
    [
      "a deployment in place of a review",
      { apiVersion: "machinelearning.seldon.io/v1", kind: "SeldonDeployment" },
      /body must have required property 'request'$/,
    ],
    [
      "another apiVersion",
      changed((review) => {
        review.apiVersion = "admission.k8s.io/v2";
      }),
      /apiVersion must be admission.k8s.io\/v1 or admission.k8s.io\/v1beta1$/,
    ],
    [
      "another kind of review",
      changed((review) => {
        review.kind = "ConversionReview";
      }),
      /: kind must be AdmissionReview$/,
    ],
    ["no request", changed((review) => delete review.request), /required property 'request'$/],
    [
      "a list of requests",
      changed((review) => {
        review.request = [];
      }),
      /request must be object$/,
    ],
    ["no uid", changed((review) => delete review.request.uid), /request must have required property 'uid'$/],
    [
      "an empty uid",
      changed((review) => {
        review.request.uid = "";
      }),
      /request.uid must NOT have fewer than 1 characters$/,
    ],
    [
      "a number as uid",
      changed((review) => {
        review.request.uid = 5;
      }),
      /request.uid must be string$/,
    ],
    ["no operation", changed((review) => delete review.request.operation), /required property 'operation'$/],
    [
      "an operation that there is not",
      changed((review) => {
        review.request.operation = "PATCH";
      }),
      /request.operation must be CREATE or UPDATE or DELETE or CONNECT$/,
    ],
    [
      "no kind",
      changed((review) => delete review.request.kind),
      /request must have required property 'kind'$/,
    ],
    [
      "another group",
      changed((review) => {
        review.request.kind.group = "apps";
      }),
      /request.kind.group must be machinelearning.seldon.io$/,
    ],
    [
      "another version",
      changed((review) => {
        review.request.kind.version = "v2";
      }),
      /request.kind.version must be v1alpha2 or v1alpha3 or v1$/,
    ],
    [
      "another kind",
      changed((review) => {
        review.request.kind.kind = "SeldonModel";
      }),
      /request.kind.kind is not SeldonDeployment: correct the rules of the webhook configuration$/,
    ],
    [
      "a CREATE without object",
      changed((review) => delete review.request.object),
      /request.object is missing, but a CREATE always carries one$/,
    ],
    [
      "an UPDATE to null",
      changed((review) => {
        review.request.operation = "UPDATE";
        review.request.object = null;
      }),
      /request.object is missing, but a UPDATE always carries one$/,
    ],
    [
      "a text as object",
      changed((review) => {
        review.request.object = "{}";
      }),
      /request.object must be object,null$/,
    ],
    [
      "a text as dryRun",
      changed((review) => {
        review.request.dryRun = "true";
      }),
      /request.dryRun must be boolean,null$/,
    ],
  ];
  for (const [what, body, message] of broken)
    test(what, () => {
      assert.throws(() => decodeReview(body), { name: "BadRequest", message });
    });
});
