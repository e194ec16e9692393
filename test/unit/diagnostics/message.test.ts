import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { duplicate, type Finding, invalid, type Report, required } from "../../../src/diagnostics/finding.ts";
import { causeMessage, fieldOf, formatValue, warningLine } from "../../../src/diagnostics/message.ts";

const reportOf = (finding: Finding): Report => ({
  rule: "some-rule",
  severity: "error",
  finding,
  fix: "Do this.",
});

describe("a value in an error", () => {
  const shown: readonly [unknown, string][] = [
    ["text", '"text"'],
    ['say "x"', '"say \\"x\\""'],
    ["", '""'],
    [60, "60"],
    [true, "true"],
    [null, "null"],
    [undefined, ""],
    [["long", "list"], "[…]"],
    [{ a: 1 }, "{…}"],
    ["line\nbreak\u0000", '"line\\nbreak\\u0000"'],
    ["\u007f\u0085\u2028", '"\\u007f\\u0085\\u2028"'],
    ["\ud800", '"\ufffd"'],
  ];
  for (const [value, text] of shown)
    test(`shows ${JSON.stringify(value) ?? "nothing"} as ${text || "nothing"}`, () => {
      assert.equal(formatValue(value), text);
    });

  test("is cut at 120 characters", () => {
    assert.equal(formatValue("x".repeat(120)), `"${"x".repeat(120)}"`);
    assert.equal(formatValue("x".repeat(121)), `"${"x".repeat(119)}…"`);
  });

  test("is not cut within a character", () => {
    assert.ok(formatValue(`${"x".repeat(118)}🌸🌸`).isWellFormed());
  });
});

describe("a cause", () => {
  test("stands alone: lead, value, message, fix and rule", () => {
    assert.equal(
      causeMessage(reportOf(invalid(["spec"], 60, "totals 110, not 100"))),
      "Invalid value: 60: totals 110, not 100. Do this. [some-rule]",
    );
    assert.equal(
      causeMessage(reportOf(duplicate(["spec"], "main", "predictor 0 has this name"))),
      'Duplicate value: "main": predictor 0 has this name. Do this. [some-rule]',
    );
  });

  test("of something that is missing shows no value", () => {
    assert.equal(
      causeMessage(reportOf(required(["spec", "predictors"], "there is no predictor"))),
      "Required value: there is no predictor. Do this. [some-rule]",
    );
  });

  test("is one line without control characters, its field too", () => {
    assert.equal(
      causeMessage(reportOf(invalid(["spec"], 60, "the Service a\r\nb\u001b[31m is none"))),
      "Invalid value: 60: the Service a b [31m is none. Do this. [some-rule]",
    );
    assert.equal(fieldOf(["spec", "a\nb"]), "spec[a b]");
  });
});

describe("a warning", () => {
  const warning = (path: readonly (string | number)[], message: string): string =>
    warningLine(reportOf(invalid(path, "x", message)));

  test("calls an annotation by its key and another field by its path", () => {
    assert.equal(
      warning(["metadata", "annotations", "seldon.io/rest-timeout"], "is empty"),
      "seldon.io/rest-timeout: is empty [some-rule]",
    );
    assert.equal(
      warning(["spec", "predictors", 0, "traffic"], "is 0"),
      "spec.predictors[0].traffic: is 0 [some-rule]",
    );
  });

  test("is one line without control characters", () => {
    assert.equal(warning(["spec"], "a\r\nb\u0000\u2028c\u001b[31m"), "spec: a b c [31m [some-rule]");
  });

  test("keeps its rule when it is cut at 120 characters", () => {
    const line = warning(["spec"], "m".repeat(500));
    assert.equal(line.length, 120);
    assert.match(line, /^spec: m+… \[some-rule\]$/);
    assert.equal(warning(["metadata", "annotations", "k".repeat(500)], "is long").length, 120);
  });

  test("is not cut within a character", () => {
    for (let length = 90; length < 110; length++)
      assert.ok(warning(["spec"], `${"m".repeat(length)}🌸🌸🌸🌸🌸🌸🌸🌸🌸🌸`).isWellFormed());
  });
});
