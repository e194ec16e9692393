import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { re2SizeBound, stepsAllowed } from "../../../src/seldon/re2-size.ts";

/** What libre2 measured; re2-sizes.cc says how. */
interface Row {
  /** "common" is what people write, "element" each part of the syntax, "random" made up by chance. */
  readonly kind: "common" | "element" | "random";
  readonly expression: string;
  readonly size: number;
  /** Whether its characters come from tables of Unicode, of which libre2 has another version than re2js. */
  readonly tables?: true;
}

const rows: readonly Row[] = JSON.parse(readFileSync(new URL("re2-sizes.json", import.meta.url), "utf8"));

describe("the size of RE2's program", () => {
  for (const kind of ["common", "element", "random"] as const)
    describe(`${kind} expressions`, () => {
      for (const { expression, size, tables } of rows.filter((row) => row.kind === kind))
        test(`${JSON.stringify(expression)} is ${size}`, () => {
          const bound = re2SizeBound(expression);
          if (!tables) return assert.equal(bound, size);
          assert.ok(size <= bound && bound <= 1.25 * size + 5, `${bound} is not just above ${size}`);
        });
    });

  test("the table has each expression once, on one line, and all kinds of them", () => {
    const expressions = rows.map(({ expression }) => expression);
    assert.equal(new Set(expressions).size, expressions.length);
    assert.deepEqual(
      expressions.filter((expression) => expression.includes("\n")),
      [],
    );
    assert.ok(expressions.length > 700);
    assert.ok(rows.filter(({ tables }) => tables).length < expressions.length / 10);
  });

  test("sizes that re2js gets wrong", () => {
    assert.deepEqual(
      [".{1,60}", "[^,]{1,20}"].map((expression) => re2SizeBound(expression)),
      [543, 183],
    );
    assert.ok(re2SizeBound(String.raw`\pL`) >= 1_197);
  });
});

test("a repeated anchor counts as later versions of libre2 do, which is more", () => {
  assert.ok(re2SizeBound("^{2,}-K Z$") >= 10);
  assert.ok(re2SizeBound("\\A{2,}[a-c]{2,}") >= 9);
});

describe("what is not valid", () => {
  const invalid = [
    "(",
    ")",
    "[",
    "[b-a]",
    "a**",
    "*",
    "a{2,1}",
    "a{1001}",
    "(?=a)",
    "(?<!a)",
    "\\1",
    "\\pX",
    "\\",
    "(?i",
  ];
  for (const expression of [...invalid, "(?:a{1000}){1000}", "\\C", "[[:no:]]", "(?P<n>a)(?P<n>b)"])
    test(JSON.stringify(expression), () => assert.equal(re2SizeBound(expression), Number.POSITIVE_INFINITY));
});

const repeat = (text: string, count: number) => text.repeat(count);
const nested = (open: string, inner: string, close: string, count: number) =>
  repeat(open, count) + inner + repeat(close, count);

/** Made to take long, or to overflow the stack. */
const hostile: Readonly<Record<string, string>> = {
  "counted repeats in a row": repeat("a{1000}", 1_150),
  "counted repeats of nothing": `(?:${repeat("(?:)", 2_000)}){1000}`,
  "counted options": repeat("(?:(?:a?){31}){31}", 450),
  "options of alternatives": repeat("(?:a*|b*){0,100}", 500),
  "nested counted repeats": repeat("(?:(?:(?:a{0,10}){0,10}){0,10})", 260),
  "counted repeats in deep groups": nested("(?:", "a{0,1000}", "b)*", 450),
  "repeats too many to multiply": nested("(?:", "a{1000}", "){1000}", 800),
  "groups within groups": nested("(", "a", ")", 4_000),
  "groups as deep as re2js goes": nested("(", "a", ")", 998),
  "groups that are not closed": repeat("(", 8_000),
  "stars on stars": nested("(?:", "a*", ")*", 990),
  "stars of other flags on stars": nested("(?i:(?-i:", "a*", ")*)*", 480),
  "alternatives within alternatives": nested("(?:x|(?:", "y", ")?)+", 600),
  "nothing but bars": repeat("|", 8_000),
  "prefixes of prefixes": Array.from({ length: 125 }, (_, index) => repeat("a", index + 1)).join("|"),
  "assertions to factor": `${repeat("\\b", 2_000)}a|${repeat("\\b", 2_000)}b`,
  "large classes": repeat("\\pL", 2_700),
  "large classes, often": repeat("\\pL{900}", 1_000),
  "different classes": Array.from(
    { length: 600 },
    (_, index) => `[a-\\x{${(256 + index).toString(16)}}]`,
  ).join(""),
  "cases of letters": `(?i)${Array.from({ length: 2_000 }, (_, index) => String.fromCodePoint(1_024 + index)).join("|")}`,
  "open brackets": repeat("[", 8_000),
  "an open bracket before backslashes": `[${repeat("\\", 8_000)}`,
  "open brackets of POSIX": repeat("[[:a", 2_000),
  "open names of groups": repeat("(?<", 2_700),
  "a long text": repeat("a", 8_192),
  "a longer text": repeat("a{1000}", 100_000),
};

describe("hostile expressions", () => {
  for (const [name, expression] of Object.entries(hostile))
    test(`${name} cost no more steps than allowed`, () => {
      const budget = { left: stepsAllowed };
      assert.ok(re2SizeBound(expression, budget) >= 1);
      // What was begun before the budget was spent is still left step by step.
      assert.ok(budget.left > -100, `${stepsAllowed - budget.left} steps`);
    });

  test("a budget that does not suffice makes the size infinite", () => {
    assert.equal(re2SizeBound("[a-z]{1,50}", { left: 100 }), Number.POSITIVE_INFINITY);
    assert.equal(re2SizeBound("[a-z]{1,50}", { left: 1_000 }), 103);
  });

  test("an expression of about 200 instructions takes about 1,000 steps", () => {
    const budget = { left: stepsAllowed };
    assert.equal(re2SizeBound("[^,]{1,20}-[a-z]{8}", budget), 192);
    assert.ok(stepsAllowed - budget.left < 1_000);
  });

  test("any text has a size", () => {
    const piece = fc.constantFrom(..."ab|()[]{}*+?^$.\\,-:=<!0123iPpLdQEkK\ud800é日😀");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => re2SizeBound(pieces.join("")) >= 1),
      { numRuns: 2_000 },
    );
  });
});
