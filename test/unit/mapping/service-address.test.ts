import assert from "node:assert/strict";
import { test } from "node:test";
import { parseService } from "../../../src/mapping/service-address.ts";

const read: readonly [string, string, number][] = [
  ["iris-main", "iris-main", 80],
  ["iris-main.models:8000", "iris-main.models", 8000],
  ["http://iris-main", "iris-main", 80],
  ["https://iris-main.models", "iris-main.models", 443],
  ["HTTPS://iris-main:65535", "iris-main", 65535],
  ["10.0.0.1:1", "10.0.0.1", 1],
  ["http://[::1]:8000", "[::1]", 8000],
];

for (const [service, host, port] of read)
  test(`${service} is ${host} and ${port}`, () => {
    assert.deepEqual(parseService(service), { host, port });
  });

const refused: readonly [string, RegExp][] = [
  ["iris-main:http", /port http, which is not a number/],
  ["iris-main:", /port "", which is not a number/],
  ["iris-main:0", /port 0, not 1 to 65535/],
  ["iris-main:65536", /port 65536/],
  ["iris-main:8000/predict", /path/],
  ["iris-main/", /path/],
  ["iris-main?a=b", /path/],
  ["grpc://iris-main:5001", /scheme grpc/],
  ["iris main", /blanks/],
  ["iris-main\n", /blanks/],
  ["iris,roses", /not a host/],
  ["user@iris", /not a host/],
  ["http://", /not a host/],
  ["", /not a host/],
  ["::1", /not a host/],
];

for (const [service, problem] of refused)
  test(`${JSON.stringify(service)} is refused`, () => {
    const parsed = parseService(service);
    assert.match("problem" in parsed ? parsed.problem : "none", problem);
  });

test("a long text is read at once", () => {
  assert.ok("problem" in parseService(`${"a.".repeat(130_000)}!`));
});
