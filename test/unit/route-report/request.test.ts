import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseRequest } from "../../../src/route-report/request.ts";

describe("a request is read as curl reads it", () => {
  const cases: readonly (readonly [url: string, host: string, path: string])[] = [
    ["http://localhost:8003/seldon/a/b/", "localhost", "/seldon/a/b/"],
    ["https://API.Example.com/x", "api.example.com", "/x"],
    ["0.0.0.0:8003/x?a=b#c", "0.0.0.0", "/x"],
    ["localhost:8003", "localhost", "/"],
    ["/seldon/a/b/", "localhost", "/seldon/a/b/"],
    ["http://h/a/../b c", "h", "/b%20c"],
    ["http://[::1]:80/x", "[::1]", "/x"],
  ];
  for (const [url, host, path] of cases)
    test(url, () => {
      const { request } = parseRequest("post", url, []);
      assert.deepEqual([request?.method, request?.host, request?.path], ["POST", host, path]);
    });

  test("headers: the first colon counts, names in any case, several of one name as one list", () => {
    const headers = ["Location: london", "origin:http://x:80", "X-Empty;", "a: 1", "A:2", "blank:"];
    const { request } = parseRequest("GET", "http://h/?q=1&q=2", headers);
    assert.deepEqual(
      [...(request?.headers ?? [])],
      [
        ["location", "london"],
        ["origin", "http://x:80"],
        ["x-empty", ""],
        ["a", "1,2"],
        ["blank", ""],
      ],
    );
    assert.equal(request?.query?.get("q"), "2");
  });

  test("a Host header takes the place of the URL's", () =>
    assert.equal(parseRequest("GET", "http://h/", ["Host: Other.Example"]).request?.host, "other.example"));
});

describe("what is no request", () => {
  const cases: readonly (readonly [
    method: string,
    url: string,
    headers: readonly string[],
    problem: RegExp,
  ])[] = [
    ["http://h/x", "y", [], /must be a method such as POST/],
    ["1", "http://h", [], /must be a method/],
    ["GET", "http://", [], /must be a URL/],
    ["GET", "ftp://h/x", [], /must be a URL/],
    ["GET", "http://h:99999/x", [], /must be a URL/],
    ["GET", "http://h", ["location"], /^-H "location": must be like 'name: value'$/],
    ["GET", "http://h", [": x"], /must be like/],
    ["GET", "http://h", ["a b: x"], /must be like/],
  ];
  for (const [method, url, headers, problem] of cases)
    test([method, url, ...headers].join(" "), () =>
      assert.match(parseRequest(method, url, headers).problem ?? "", problem),
    );
});
