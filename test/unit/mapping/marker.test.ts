import assert from "node:assert/strict";
import { test } from "node:test";
import { isGenerated, mark, provenance, routingDigest } from "../../../src/mapping/marker.ts";

const digest = routingDigest({ traffic: 75 });
const text = mark('"kind": "Mapping"\n', digest);
const [line = ""] = text.split("\n");

test("the first line is a comment that says what to do with it", () => {
  assert.match(
    line,
    /^# Made by seldon-ambassador-webhook; delete this line to own the text\. \(1 routing:[0-9a-f]{16} text:[0-9a-f]{16}\)$/,
  );
  assert.equal(text, `${line}\n"kind": "Mapping"\n`);
});

test("a text is ours by its first line only", () => {
  assert.ok(isGenerated(text));
  assert.ok(!isGenerated(text.slice(line.length + 1)));
  assert.ok(!isGenerated(`\n${text}`));
  assert.ok(!isGenerated(` ${text}`));
  assert.ok(!isGenerated(""));
});

test("routing digests are equal for equal fields only", () => {
  assert.equal(routingDigest({ traffic: 75 }), digest);
  assert.notEqual(routingDigest({ traffic: 25 }), digest);
});

for (const [what, edited, found] of [
  ["untouched", text, "intact"],
  ["with another body", `${text}"weight": 5\n`, "altered"],
  ["with other line ends", text.replaceAll("\n", "\r\n"), "altered"],
  ["without its digests", `${line.split(" (")[0]}\n"kind": "Mapping"\n`, "altered"],
  ["without a body", line, "altered"],
  ["with a digest of nothing", mark("", digest), "intact"],
  ["with another digest of its body", text.replace(/text:\w+/, "text:0123456789abcdef"), "altered"],
  ["of other fields", mark('"kind": "Mapping"\n', routingDigest({})), "stale"],
  ["of another format", text.replace("(1 ", "(2 "), "unknown"],
] as const)
  test(`a text ${what} is ${found}`, () => {
    assert.equal(provenance(edited, digest), found);
  });
