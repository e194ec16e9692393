import assert from "node:assert/strict";
import { test } from "node:test";
import { hostOf, shareHost } from "../../../src/mapping/host.ts";

test("a Mapping without a host is for every host", () => {
  assert.equal(hostOf({}), "*");
  assert.equal(hostOf({ hostname: "a.example.com" }), "a.example.com");
  assert.equal(hostOf({ host: "b.example.com", hostname: "a.example.com" }), "b.example.com");
});

const shared = (a: string, b: string): boolean => {
  const [forth, back] = [shareHost({ host: a }, { hostname: b }), shareHost({ hostname: b }, { host: a })];
  assert.equal(forth, back);
  return forth;
};

test("two hosts have requests in common where some name is meant by both", () => {
  for (const [a, b] of [
    ["*", "a.example.com"],
    ["a.example.com", "a.example.com"],
    ["*.example.com", "a.example.com"],
    ["*.example.com", "*.a.example.com"],
    ["a.*", "a.example.com"],
    ["a.*", "a.b.*"],
    ["a.*", "*.example.com"],
  ] as const)
    assert.ok(shared(a, b), `${a} ${b}`);
  for (const [a, b] of [
    ["a.example.com", "b.example.com"],
    ["*.example.com", "example.com"],
    ["*.example.com", "*.example.org"],
    ["a.*", "b.*"],
    ["a.*", "b.example.com"],
  ] as const)
    assert.ok(!shared(a, b), `${a} ${b}`);
});

test("what an expression means is not asked", () => {
  assert.ok(shareHost({ host: "^a.*$", host_regex: true }, { host: "b.example.com" }));
});
