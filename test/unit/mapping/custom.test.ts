import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  fieldsOf,
  mappingsOf,
  maxConfigurationBytes,
  parseConfiguration,
} from "../../../src/mapping/custom.ts";

const valuesOf = (text: string): readonly unknown[] => {
  const { documents, problem } = parseConfiguration(text);
  assert.equal(problem, undefined);
  return documents.map(({ value }) => value);
};

const problemOf = (text: string): string => {
  const { documents, problem } = parseConfiguration(text);
  assert.deepEqual(documents, []);
  return problem ?? "none";
};

describe("YAML is read as 1.1", () => {
  const read: readonly [string, unknown][] = [
    ["n: y", { false: true }],
    ["a: yes", { a: true }],
    ["a: Off", { a: false }],
    ["a: 010", { a: 8 }],
    ["a: 1_000", { a: 1000 }],
    ["a: 12:30:45", { a: 45045 }],
    ["a: ~", { a: null }],
    ['"n": "yes"', { n: "yes" }],
    ["a: {<<: {b: 1}, c: 2}", { a: { b: 1, c: 2 } }],
    ["a: 1\na: 2", { a: 2 }],
    ["__proto__: {x: 1}", JSON.parse('{"__proto__": {"x": 1}}')],
    ["a: &x [1]\nb: *x", { a: [1], b: [1] }],
    ['{"a": "json"}', { a: "json" }],
  ];
  for (const [text, value] of read)
    test(JSON.stringify(text), () => {
      assert.deepEqual(valuesOf(text), [value]);
    });
});

describe("documents", () => {
  const split: readonly [string, readonly unknown[]][] = [
    ["", []],
    ["# nothing\n\n", []],
    ["---\n---\na: 1\n", [{ a: 1 }]],
    ["---\na: 1\n---\n", [{ a: 1 }]],
    ["---\na: 1\n---\n# end\n", [{ a: 1 }]],
    ["a: 1\n---\n# between\n---\nb: 2\n", [{ a: 1 }, { b: 2 }]],
    ["a: 1\n--- # comment\nb: 2\n", [{ a: 1 }, { b: 2 }]],
    ["--- {a: 1}\n--- {b: 2}\n", [{ a: 1 }, { b: 2 }]],
    ["a: '---'\nb: |\n  ---\n", [{ a: "---", b: "---\n" }]],
    ["a: 1\n...\n---\nb: 2\n", [{ a: 1 }, { b: 2 }]],
    ["null", [null]],
    ["~\n---\na: 1\n", [null, { a: 1 }]],
    ["- a\n---\ntext\n", [["a"], "text"]],
    ["{}", [{}]],
  ];
  for (const [text, values] of split)
    test(`of ${JSON.stringify(text)}`, () => {
      assert.deepEqual(valuesOf(text), values);
      assert.deepEqual(
        parseConfiguration(text).documents.map(({ index }) => index),
        values.map((_, index) => index),
      );
    });
});

describe("one fault loses all documents", () => {
  const faults: readonly [string, RegExp][] = [
    ["a: 1\n---\nb: [", /^is not YAML: .* at line 3, column \d+$/],
    ["a: b: c", /^is not YAML: .* at line 1, column 4$/],
    ["\ta: 1\n b: 2", /^is not YAML/],
    ["a: *missing", /alias|anchor/i],
    ["a: 'open", /^is not YAML/],
    ["%YAML 1.1\na: 1", /^is not YAML/],
  ];
  for (const [text, problem] of faults)
    test(JSON.stringify(text), () => {
      assert.match(problemOf(text), problem);
    });

  test("the problem is one line", () => {
    assert.doesNotMatch(problemOf("a: 1\nb: [\nc: {\n"), /\n/);
  });
});

describe("an attack is a problem, and soon", () => {
  const laughs = Array.from({ length: 9 }, (_, level) => {
    const before = String.fromCharCode(96 + level);
    const item = level === 0 ? "x" : `*${before}`;
    return `${String.fromCharCode(97 + level)}: &${String.fromCharCode(97 + level)} [${Array(9).fill(item)}]`;
  }).join("\n");

  const attacks: readonly [string, string, RegExp][] = [
    ["a billion laughs", laughs, /alias/i],
    [
      "an anchor and an alias on every line",
      Array(8000).fill("- &a x\n- *a").join("\n"),
      /more than 500 aliases/,
    ],
    ["brackets", "[".repeat(200_000), /^is nested too deeply$/],
    ["braces", "{a: ".repeat(50_000), /^is nested too deeply$/],
    ["dashes", "- ".repeat(100_000), /^is nested too deeply$/],
    ["an error at every word", "*a ".repeat(40_000), /^is not YAML/],
    ["a byte too many", "#".repeat(maxConfigurationBytes + 1), /^is longer than the 262144 bytes/],
    ["a byte too many, in two bytes each", "ü".repeat(maxConfigurationBytes / 2 + 1), /^is longer/],
  ];
  for (const [what, text, problem] of attacks)
    test(what, () => {
      const started = performance.now();
      assert.match(problemOf(text), problem);
      assert.ok(performance.now() - started < 10_000);
    });

  test("the largest text is read", () => {
    assert.deepEqual(valuesOf("#".repeat(maxConfigurationBytes)), []);
  });
});

test("fields stand flat or as in a Kubernetes object", () => {
  assert.deepEqual(
    fieldsOf({
      kind: "Mapping",
      metadata: { name: "a", namespace: "n" },
      spec: { prefix: "/a/", service: "a" },
    }),
    { kind: "Mapping", name: "a", namespace: "n", prefix: "/a/", service: "a" },
  );
  assert.deepEqual(fieldsOf({ kind: "Mapping", name: "a", metadata: null, spec: [1] }), {
    kind: "Mapping",
    name: "a",
  });
});

test("Mappings are told from other documents", () => {
  const text =
    "kind: Mapping\nname: a\n---\nkind: Module\n---\n- kind: Mapping\n---\nkind: Mapping\nspec: {prefix: /b/}\n";
  assert.deepEqual(mappingsOf(parseConfiguration(text)), [
    { kind: "Mapping", name: "a" },
    { kind: "Mapping", prefix: "/b/" },
  ]);
});
