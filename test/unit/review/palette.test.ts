import assert from "node:assert/strict";
import { test } from "node:test";
import { paletteFor } from "../../../src/review/palette.ts";

const cases: readonly (readonly [isTTY: boolean, env: Record<string, string>, isColoured: boolean])[] = [
  [true, {}, true],
  [true, { NO_COLOR: "" }, true],
  [true, { NO_COLOR: "1" }, false],
  [true, { TERM: "dumb" }, false],
  [false, {}, false],
];

for (const [isTTY, env, isColoured] of cases)
  test(`colours: terminal ${isTTY}, ${JSON.stringify(env)}`, () =>
    assert.equal(paletteFor({ isTTY }, env)("red", "x"), isColoured ? "\u001b[31mx\u001b[39m" : "x"));
