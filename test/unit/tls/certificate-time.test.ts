import assert from "node:assert/strict";
import { test } from "node:test";
import { CertificateTime } from "../../../src/tls/certificate-time.ts";

const hourMs = 3_600_000;

/** A machine and the API server's clock; `heard` is what a list does. */
function machine() {
  let [wall, steady, server, aheadMs] = [10 * hourMs, 500, 10 * hourMs, 0];
  const clock = { now: () => steady, random: () => 0, after: () => () => {} };
  return {
    time: new CertificateTime(
      () => wall,
      clock,
      () => aheadMs,
    ),
    server: () => server,
    pass: (ms: number) => {
      wall += ms;
      steady += ms;
      server += ms;
    },
    set: (ms: number) => {
      wall += ms;
    },
    sleep: (ms: number) => {
      wall += ms;
      server += ms;
    },
    heard: () => {
      aheadMs = server - wall;
    },
  };
}

test("time is the machine's while it agrees with the API server's", () => {
  const { time, pass, set, heard, server } = machine();
  pass(1000);
  set(3000);
  heard();
  assert.equal(time.now(), server() + 3000);
  assert.equal(time.hasJumped(), false);
});

for (const jump of [2 * hourMs, -2 * hourMs])
  test(`a clock that is set by ${jump / hourMs} h changes nothing, neither before nor after the API server is heard of`, () => {
    const { time, pass, set, heard, server } = machine();
    pass(1000);
    time.settle();
    set(jump);
    pass(700);
    assert.equal(time.hasJumped(), true);
    assert.equal(time.now(), server());
    heard();
    time.settle();
    assert.equal(time.hasJumped(), false);
    assert.equal(time.now(), server());
    set(-2 * jump);
    assert.equal(time.now(), server());
    heard();
    time.settle();
    pass(5 * hourMs);
    assert.equal(time.now(), server());
  });

test("after a suspend time has passed, once the API server was heard of or could not be", () => {
  const { time, sleep, server } = machine();
  time.settle();
  sleep(5 * hourMs);
  assert.equal(time.hasJumped(), true);
  time.settle();
  assert.equal(time.now(), server());
});

test("a clock that drifts is followed", () => {
  const { time, pass, set } = machine();
  for (let second = 0; second < 100; second++) {
    pass(1000);
    set(100);
    assert.equal(time.hasJumped(), false);
    time.settle();
  }
});
