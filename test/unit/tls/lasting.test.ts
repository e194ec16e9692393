import assert from "node:assert/strict";
import { test } from "node:test";
import { Lasting } from "../../../src/tls/lasting.ts";

function lasting(ms: number) {
  let now = 1000;
  const clock = { now: () => now, random: () => 0, after: () => () => {} };
  const subject = new Lasting(clock, ms);
  return {
    of: (problem: string | undefined) => subject.of(problem),
    pass: (passed: number) => {
      now += passed;
    },
  };
}

test("a problem that was there from the start counts at once", () => {
  const { of, pass } = lasting(100);
  assert.equal(of("wiped"), "wiped");
  pass(1000);
  assert.equal(of("wiped"), "wiped");
});

test("one that comes later counts when it has lasted", () => {
  const { of, pass } = lasting(100);
  assert.equal(of(undefined), undefined);
  assert.equal(of("wiped"), undefined);
  pass(99);
  assert.equal(of("wiped"), undefined);
  pass(1);
  assert.equal(of("wiped"), "wiped");
  assert.equal(of("wiped, and more"), "wiped, and more");
});

test("one that passes in time is forgotten", () => {
  const { of, pass } = lasting(100);
  for (let times = 0; times < 3; times++) {
    assert.equal(of(undefined), undefined);
    pass(60);
    assert.equal(of("wiped"), undefined);
    pass(60);
  }
});
