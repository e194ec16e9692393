import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseHeader, parseRegexHeader, regexProblem } from "../../../src/seldon/header.ts";

describe("a header condition", () => {
  const sound: readonly [string, string, string | undefined][] = [
    ["location: london", "location", "london"],
    ["location:london", "location", "london"],
    ["  location  :  new york  ", "location", "new york"],
    ["origin: http://x:80", "origin", "http://x:80"],
    ["x-beta", "x-beta", undefined],
    ["n: yes", "n", "yes"],
    ["__proto__: x", "__proto__", "x"],
    ["x: 5$ a=b", "x", "5$ a=b"],
    ["x: ünï 🌸", "x", "ünï 🌸"],
    [`${"x".repeat(255)}: y`, "x".repeat(255), "y"],
    [`x: ${"y".repeat(60 * 1024)}`, "x", "y".repeat(60 * 1024)],
  ];
  for (const [text, name, value] of sound)
    test(`${text.slice(0, 40)} asks for ${name.slice(0, 40)}`, () => {
      assert.deepEqual(parseHeader(text), { value: { name, value } });
    });

  const problems: readonly [string, RegExp][] = [
    [": london", /no header name/],
    [":authority: x", /no header name/],
    ["", /no header name/],
    ["   ", /no header name/],
    ["my header: x", /"my header" is not a header name/],
    ["location=london", /is not a header name/],
    ["l\u00f6c: x", /is not a header name/],
    ["\ud800: x", /is not a header name/],
    ["location:", /colon but no value/],
    ["location:  ", /colon but no value/],
    ["x: a\nb", /control characters/],
    ["x: \u0000", /control characters/],
    ["x: \ud800", /control characters/],
    ["seldon: other", /taken by gRPC/],
    ["Namespace: other", /taken by gRPC/],
    ["x: $HOME", /\$NAME/],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable as Ambassador finds it
    ["x: a${B}c", /\$NAME/],
    [`${"x".repeat(256)}: y`, /longer than 255/],
    [`x: ${"y".repeat(60 * 1024 + 1)}`, /longer than 61440 characters, all that Envoy reads/],
  ];
  for (const [text, problem] of problems)
    test(`${JSON.stringify(text.slice(0, 40))} cannot be used`, () => {
      assert.match(parseHeader(text).problem ?? "", problem);
    });
});

describe("a regex-header", () => {
  test("keeps the colons of its expression", () => {
    assert.deepEqual(parseRegexHeader("origin: https?://.*:(80|443)"), {
      value: { name: "origin", value: "https?://.*:(80|443)" },
    });
  });

  test("needs an expression", () => {
    assert.match(parseRegexHeader("x-beta").problem ?? "", /no regular expression/);
    assert.match(parseRegexHeader("x-beta:").problem ?? "", /no value/);
  });
});

describe("an expression", () => {
  for (const sound of [".*", "^a$", "\\d+", "(?i)london", "\\pL+", "[[:alpha:]]", "(?P<n>x)", "a{2,5}", ""])
    test(`${sound || "of nothing"} is RE2`, () => {
      assert.equal(regexProblem(sound), undefined);
    });

  for (const broken of ["(", "a)", "[a", "*", "a**", "(?=x)", "(?<!x)y", "(a)\\1", "a{1001}", "\\", "(?P<n"])
    test(`${broken} is not`, () => {
      assert.match(regexProblem(broken) ?? "", /^not a regular expression of RE2/);
    });

  test("of brackets without end is answered", () => {
    assert.match(regexProblem("(".repeat(2_000)) ?? "", /^not a regular expression/);
  });

  test("that nobody could mean is not compiled", () => {
    assert.equal(regexProblem("(".repeat(100_000)), "longer than 2048 characters");
    assert.match(regexProblem("a{1000}".repeat(290)) ?? "", /far too large/);
  });
});
