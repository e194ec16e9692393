import assert from "node:assert/strict";
import { test } from "node:test";
import { deadlineOf, parseDuration } from "../../../src/server/deadline.ts";
import { Refusal } from "../../../src/server/refusal.ts";

const durations: [text: string, ms: number | undefined][] = [
  ["10s", 10_000],
  ["1m30s", 90_000],
  ["1.5s", 1500],
  [".5s", 500],
  ["1.s", 1000],
  ["2h", 7_200_000],
  ["250ms", 250],
  ["1s250ms", 1250],
  ["500us", 0.5],
  ["500µs", 0.5],
  ["500μs", 0.5],
  ["1000000ns", 1],
  ["0", 0],
  ["0s", 0],
  ["", undefined],
  ["10", undefined],
  ["s", undefined],
  ["-1s", undefined],
  ["10s ", undefined],
  ["10 s", undefined],
  ["10sx", undefined],
  ["x10s", undefined],
  ["1d", undefined],
  ["1e3s", undefined],
];
for (const [text, ms] of durations)
  test(`duration ${JSON.stringify(text)}`, () => assert.equal(parseDuration(text), ms));

test("the deadline is the caller's, and never later than our own", () => {
  assert.equal(deadlineOf("/mutate?timeout=10s", 32_000), 10_000);
  assert.equal(deadlineOf("/mutate?timeout=1m", 32_000), 32_000);
  assert.equal(deadlineOf("/mutate?other=1&timeout=1s", 32_000), 1000);
});

test("without a timeout, or with none, it is our own", () => {
  for (const url of ["/mutate", "/mutate?", "/mutate?other=1s", "/mutate?timeout=0s"])
    assert.equal(deadlineOf(url, 32_000), 32_000);
});

test("a timeout that is no duration is refused", () => {
  for (const url of ["/mutate?timeout=", "/mutate?timeout=soon"])
    assert.throws(
      () => deadlineOf(url, 32_000),
      (error) => error instanceof Refusal && error.code === 400,
    );
});
