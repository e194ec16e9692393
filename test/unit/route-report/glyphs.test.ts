import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { barWidth, glyphsFor } from "../../../src/route-report/glyphs.ts";

const piped = glyphsFor({}, {});
const ascii = glyphsFor({ isTTY: true }, {});

describe("bars", () => {
  const cases: readonly (readonly [percent: number, blocks: string, hashes: string])[] = [
    [0, "", ""],
    [0.01, "▏", "#"],
    [1, "▏", "#"],
    [25, "██▌", "###"],
    [50, "█████", "#####"],
    [75, "███████▌", "########"],
    [99.9, "█████████▉", "#########"],
    [100, "██████████", "##########"],
  ];
  for (const [percent, blocks, hashes] of cases)
    test(`${percent}%`, () => assert.deepEqual([piped.bar(percent), ascii.bar(percent)], [blocks, hashes]));

  test("grow with the share and never beyond their width", () => {
    for (const { bar } of [piped, ascii])
      for (let percent = 0; percent < 100; percent += 0.5) {
        assert.ok(bar(percent).length <= bar(percent + 0.5).length);
        assert.ok(bar(percent).length <= barWidth);
      }
  });
});

describe("ASCII", () => {
  const cases: readonly (readonly [isTTY: boolean, env: Record<string, string>, isAscii: boolean])[] = [
    [false, {}, false],
    [false, { LANG: "C" }, false],
    [true, {}, true],
    [true, { LANG: "en_GB.UTF-8" }, false],
    [true, { LANG: "C.utf8" }, false],
    [true, { LANG: "en_GB.UTF-8", LC_ALL: "C" }, true],
    [true, { LANG: "de_DE.ISO-8859-1", LC_CTYPE: "de_DE.UTF-8" }, false],
    [true, { LANG: "en_GB.UTF-8", TERM: "dumb" }, true],
    [true, { LANG: "en_GB.UTF-8", NO_COLOR: "1" }, false],
  ];
  for (const [isTTY, env, isAscii] of cases)
    test(`terminal ${isTTY}, ${JSON.stringify(env)}`, () =>
      assert.equal(glyphsFor({ isTTY }, env).ellipsis, isAscii ? "..." : "…"));
});
