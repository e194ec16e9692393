import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { canary, type ReviewJson } from "../support/reviews.ts";
import { rest } from "../support/server.ts";
import { accepted, assertServes, badRequest, changed, injected, target, verdictOf } from "./attack.ts";

/** Hostile envelopes: reviews that no API server sends, and calls that are none. */

const { attack, connect, server } = target();
const expected = "expected an AdmissionReview of admission.k8s.io/v1 or v1beta1 for a SeldonDeployment: ";

const paths = ["/mutate", "/validate"];

/** Fails unless both endpoints refuse a review of this request, and say so. */
async function refused(change: (request: ReviewJson["request"]) => unknown, problem: string): Promise<void> {
  const body = changed(({ request }) => change(request));
  for (const path of paths) assert.deepEqual(await attack(path, { body }), badRequest(problem));
}

describe("a uid", () => {
  const uids: [uid: unknown, problem: string][] = [
    [undefined, "request must have required property 'uid'"],
    [null, "request.uid must be string"],
    [1, "request.uid must be string"],
    [true, "request.uid must be string"],
    [["a"], "request.uid must be string"],
    [{ toString: "a" }, "request.uid must be string"],
    ["", "request.uid must NOT have fewer than 1 characters"],
  ];
  for (const [uid, problem] of uids)
    test(`that is ${JSON.stringify(uid)} is refused`, () =>
      refused((request) => Object.assign(request, { uid }), `${expected}${problem}`));

  for (const uid of ["__proto__", " ", "ü🌸", '"', "\u0000\r\n", "x".repeat(100_000)])
    test(`that is ${JSON.stringify(uid).slice(0, 20)} comes back`, async () => {
      const body = changed(({ request }) => Object.assign(request, { uid }));
      assert.deepEqual(await attack("/mutate", { body }, uid), injected);
    });
});

describe("group, version and kind", () => {
  const kinds: [name: string, kind: unknown, problem: string][] = [
    ["another group", { group: "apps" }, "request.kind.group must be machinelearning.seldon.io"],
    ["no group", { group: "" }, "request.kind.group must be machinelearning.seldon.io"],
    ["another version", { version: "v2" }, "request.kind.version must be v1alpha2 or v1alpha3 or v1"],
    ["a version of another type", { version: 1 }, "request.kind.version must be v1alpha2 or v1alpha3 or v1"],
    ["a kind of another type", { kind: ["SeldonDeployment"] }, "request.kind.kind must be string"],
  ];
  for (const [name, part, problem] of kinds)
    test(`${name} is refused`, () =>
      refused(({ kind }) => Object.assign(kind as object, part), `${expected}${problem}`));

  test("another kind is refused", () =>
    refused(
      ({ kind }) => Object.assign(kind as object, { kind: "Pod" }),
      "request.kind.kind is not SeldonDeployment: correct the rules of the webhook configuration",
    ));

  test("a kind that is no object is refused", () =>
    refused(
      (request) => Object.assign(request, { kind: "SeldonDeployment" }),
      `${expected}request.kind must be object`,
    ));

  test("an object of another kind than the request's is read as the request's", async () => {
    const body = changed(({ request }) => Object.assign(request.object, { kind: "Pod", apiVersion: "v1" }));
    assert.deepEqual(await attack("/mutate", { body }), injected);
  });
});

describe("subresources", () => {
  for (const [subResource, kind] of [
    ["status", "SeldonDeployment"],
    ["scale", "Scale"],
    ["__proto__", "Whatever"],
  ] as const)
    test(`${subResource} passes unseen`, async () => {
      const body = changed(({ request }) => {
        Object.assign(request, { subResource });
        Object.assign(request.kind as object, { kind });
        Object.assign(request.object, { spec: { predictors: "none" } });
      });
      for (const path of paths) assert.deepEqual(await attack(path, { body }), accepted);
    });

  test("a subresource of another type is refused", () =>
    refused(
      (request) => Object.assign(request, { subResource: ["status"] }),
      `${expected}request.subResource must be string`,
    ));
});

describe("operations", () => {
  const all = `${expected}request.operation must be CREATE or UPDATE or DELETE or CONNECT`;
  for (const operation of ["create", "PATCH", "*", "", 1, null, ["CREATE"]])
    test(`${JSON.stringify(operation)} is refused`, () =>
      refused((request) => Object.assign(request, { operation }), all));

  test("CONNECT as an operation passes unseen, with an object and without", async () => {
    for (const object of [null, {}, canary().request.object]) {
      const body = changed(({ request }) => Object.assign(request, { operation: "CONNECT", object }));
      for (const path of paths) assert.deepEqual(await attack(path, { body }), accepted);
    }
  });

  for (const operation of ["CREATE", "UPDATE"])
    test(`${operation} without an object is refused`, () =>
      refused(
        (request) => Object.assign(request, { operation, object: null }),
        `request.object is missing, but a ${operation} always carries one`,
      ));
});

describe("calls that are none", () => {
  test("CONNECT as a method is refused: nothing is tunnelled", async () => {
    const socket = await connect();
    const received = rest(socket);
    socket.write("CONNECT 10.0.0.1:443 HTTP/1.1\r\nHost: 10.0.0.1:443\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    const [head = "", text = ""] = (await received).split("\r\n\r\n");
    assert.match(head, /^HTTP\/1\.1 405 MethodNotAllowed\r\n/);
    assert.deepEqual(verdictOf({ code: 405, headers: {}, text, json: JSON.parse(text) }), {
      code: 405,
      reason: "MethodNotAllowed",
      message: "CONNECT is not for this server, which is no proxy",
    });
    await assertServes(server());
  });

  test("an upgrade to WebSocket is passed over", async () => {
    const headers = { Connection: "Upgrade", Upgrade: "websocket" };
    assert.deepEqual(await attack("/mutate", { body: canary(), headers }), injected);
  });

  for (const encoding of ["gzip", "br", "deflate", "zstd", "identity, gzip", "GZIP"])
    test(`a body in ${encoding} is refused, and never unpacked`, async () => {
      const body = gzipSync(Buffer.alloc(50_000_000));
      const headers = { "Content-Encoding": encoding };
      assert.deepEqual(await attack("/mutate", { body, headers }), {
        code: 415,
        reason: "UnsupportedMediaType",
        message: "the body must not be compressed: no Content-Encoding but identity is read",
      });
    });

  test("a gzip body that does not say so is refused", async () => {
    const body = gzipSync(JSON.stringify(canary()));
    assert.deepEqual(await attack("/mutate", { body }), badRequest("the body must be UTF-8"));
  });
});
