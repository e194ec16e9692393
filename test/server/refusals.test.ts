import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { canary } from "../support/reviews.ts";
import { type Answer, type Call, rest, type TestServer, testServer } from "../support/server.ts";

/** What every refusal has in common: a Status, never HTML, never a stack. */
function assertStatus(
  answer: Pick<Answer, "code" | "headers" | "json" | "text">,
  code: number,
  message: RegExp,
) {
  assert.equal(answer.code, code, answer.text);
  assert.equal(answer.headers["content-type"], "application/json");
  assert.equal(answer.headers["x-powered-by"], undefined);
  const { message: actual, reason, ...status } = answer.json;
  assert.deepEqual(status, { apiVersion: "v1", kind: "Status", status: "Failure", code });
  assert.match(reason, /^[A-Z][A-Za-z]+$/);
  assert.match(actual, message);
  assert.doesNotMatch(answer.text, /<\w|node_modules|\.ts:|\.js:/);
}

const json = (change: (review: Record<string, unknown>) => void): string => {
  const review = canary();
  change(review);
  return JSON.stringify(review);
};
const withHeaders = (headers: Record<string, string>): Call => ({ body: canary(), headers });

const cases: [name: string, path: string, call: Call, code: number, message: RegExp][] = [
  ["an unknown path", "/nope", { body: {} }, 404, /^there is nothing at this path; known are \/mutate, /],
  ["a path in another case", "/Mutate", { body: canary() }, 404, /nothing at this path/],
  ["a path with a slash too many", "/mutate/", { body: canary() }, 404, /nothing at this path/],
  ["a path with broken percent-encoding", "/%ff%zz", {}, 404, /nothing at this path/],
  ["metrics on the TLS port", "/metrics", {}, 404, /nothing at this path/],
  ["no Content-Type", "/mutate", withHeaders({ "Content-Type": "" }), 415, /must be application\/json/],
  ["text", "/mutate", withHeaders({ "Content-Type": "text/plain" }), 415, /must be application\/json/],
  [
    "YAML",
    "/validate",
    withHeaders({ "Content-Type": "application/yaml" }),
    415,
    /must be application\/json/,
  ],
  [
    "a malformed type",
    "/mutate",
    withHeaders({ "Content-Type": "application/json; =" }),
    415,
    /application\/json/,
  ],
  [
    "a prefix",
    "/mutate",
    withHeaders({ "Content-Type": "application/jsonp" }),
    415,
    /must be application\/json/,
  ],
  [
    "another charset",
    "/mutate",
    withHeaders({ "Content-Type": "application/json; charset=latin1" }),
    415,
    /UTF-8/,
  ],
  [
    "a compressed body",
    "/mutate",
    { body: gzipSync(JSON.stringify(canary())), headers: { "Content-Encoding": "gzip" } },
    415,
    /must not be compressed/,
  ],
  ["an unknown expectation", "/nope", withHeaders({ Expect: "a miracle" }), 404, /nothing at this path/],
  ["an empty body", "/mutate", { body: "" }, 400, /it is empty/],
  ["half an object", "/validate", { body: '{"kind":' }, 400, /it is not JSON/],
  ["bytes that are not UTF-8", "/mutate", { body: Buffer.from([0x22, 0xff, 0x22]) }, 400, /must be UTF-8/],
  ["a list", "/mutate", { body: "[]" }, 400, /expected an AdmissionReview/],
  ["null", "/mutate", { body: "null" }, 400, /expected an AdmissionReview/],
  [
    "another kind",
    "/mutate",
    { body: json((review) => Object.assign(review, { kind: "Pod" })) },
    400,
    /kind must be/,
  ],
  [
    "another version",
    "/validate",
    { body: json((review) => Object.assign(review, { apiVersion: "admission.k8s.io/v2" })) },
    400,
    /apiVersion must be/,
  ],
  [
    "no request",
    "/validate",
    { body: json((review) => Object.assign(review, { request: undefined })) },
    400,
    /request/,
  ],
  [
    "a timeout that is no duration",
    "/mutate?timeout=soon",
    { body: canary() },
    400,
    /Go duration such as "10s"/,
  ],
  ["a negative timeout", "/mutate?timeout=-1s", { body: canary() }, 400, /Go duration/],
  ["a timeout without a unit", "/mutate?timeout=10", { body: canary() }, 400, /Go duration/],
];

describe("refused with a Status", () => {
  let server: TestServer;
  let end: () => void;
  before(async () => {
    // One server for all: that it answers the next call is part of each test.
    const scope = { after: (close: () => void) => (end = close) };
    server = await testServer(scope as unknown as Parameters<typeof testServer>[0]);
  });
  after(() => end());

  for (const [name, path, call, code, message] of cases)
    test(`${code}: ${name}`, async () => assertStatus(await server.call(path, call), code, message));

  for (const path of ["/mutate", "/validate"])
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"])
      test(`405: ${method} ${path}`, async () => {
        const answer = await server.call(path, { method });
        assertStatus(answer, 405, new RegExp(`^${path} is called with POST$`));
        assert.equal(answer.headers.allow, "POST");
      });

  test("405: HEAD, without a body", async () => {
    const answer = await server.call("/mutate", { method: "HEAD" });
    assert.deepEqual([answer.code, answer.headers.allow, answer.text], [405, "POST", ""]);
  });

  const raw: [name: string, bytes: string, code: number, message: RegExp][] = [
    ["no HTTP at all", "hello\r\n\r\n", 400, /must be an HTTP\/1\.1 request/],
    ["a broken header", "POST /mutate HTTP/1.1\r\nHost localhost\r\n\r\n", 400, /HTTP\/1\.1/],
    ["no Host", "POST /mutate HTTP/1.1\r\nConnection: close\r\n\r\n", 400, /must have a Host header/],
    [
      "two lengths",
      "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      400,
      /HTTP\/1\.1/,
    ],
    [
      "a length and chunks, as smugglers send them",
      "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
      /HTTP\/1\.1/,
    ],
    [
      "chunks that are none",
      "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
      400,
      /HTTP\/1\.1/,
    ],
    [
      "headers without end",
      `POST /mutate HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
      431,
      /must not exceed 16 KiB/,
    ],
  ];
  for (const [name, bytes, code, message] of raw)
    test(`${code}: ${name}`, async () => {
      const socket = await server.connect();
      const received = rest(socket);
      socket.write(bytes);
      const [head = "", text = ""] = (await received).split("\r\n\r\n");
      assert.match(head, new RegExp(`^HTTP/1\\.1 ${code} `));
      const headers = Object.fromEntries(
        head
          .split("\r\n")
          .slice(1)
          .map((line) => line.toLowerCase().split(": ")),
      );
      assertStatus({ code, headers, text, json: JSON.parse(text) }, code, message);
      assert.equal(headers.connection, "close");
    });

  test("a call refused is followed by one answered", async () => {
    assert.equal((await server.call("/mutate", { body: canary() })).code, 200);
  });
});
