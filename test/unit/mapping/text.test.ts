import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatDocuments } from "../../../src/mapping/text.ts";
import type { Mapping } from "../../../src/mapping/types.ts";
import { documentsOf } from "../../support/injection.ts";

const mapping = (fields: Partial<Mapping> = {}): Mapping => ({
  apiVersion: "getambassador.io/v2",
  kind: "Mapping",
  name: "a",
  prefix: "/a/",
  rewrite: "",
  service: "a.models:8000",
  timeout_ms: 3000,
  ...fields,
});

/** The line of one header value. */
const written = (value: string): string => {
  const line = formatDocuments([mapping({ headers: { x: value } })])
    .split("\n")
    .find((each) => each.startsWith('  "x": '));
  return line?.slice('  "x": '.length) ?? "";
};

test("the form: quoted keys and strings, bare numbers and booleans, two blanks a level", () => {
  const text = formatDocuments([
    mapping({
      headers: { x: "y", z: true },
      circuit_breakers: [{ max_connections: 1, max_retries: 2 }, { priority: "high" }],
    }),
    { apiVersion: "getambassador.io/v2", kind: "TLSContext", name: "t", hosts: [], secret: "s" },
  ]);
  assert.equal(
    text,
    `"apiVersion": "getambassador.io/v2"
"kind": "Mapping"
"name": "a"
"prefix": "/a/"
"rewrite": ""
"service": "a.models:8000"
"timeout_ms": 3000
"headers":
  "x": "y"
  "z": true
"circuit_breakers":
- "max_connections": 1
  "max_retries": 2
- "priority": "high"
---
"apiVersion": "getambassador.io/v2"
"kind": "TLSContext"
"name": "t"
"hosts": []
"secret": "s"
`,
  );
});

test("no documents are no text", () => {
  assert.equal(formatDocuments([]), "");
});

describe("a string", () => {
  const spellings: readonly [string, string][] = [
    ["", '""'],
    ["yes", '"yes"'],
    ["0777", '"0777"'],
    ["12:30:45", '"12:30:45"'],
    ["a: b # c", '"a: b # c"'],
    ['"', '"\\""'],
    ["\\", '"\\\\"'],
    ["\\$", '"\\\\\\x24"'],
    ["$HOME", '"\\x24HOME"'],
    ["a=b", '"a\\x3Db"'],
    ["\n---\n", '"\\n---\\n"'],
    ["\t\r\b\f", '"\\t\\r\\b\\f"'],
    ["\u0000", '"\\u0000"'],
    ["\u007f", '"\\x7F"'],
    ["\u0085", '"\\x85"'],
    ["ü", '"\\xFC"'],
    ["\u2028", '"\\u2028"'],
    ["\ufeff", '"\\ufeff"'],
    ["🌸", '"\\U0001f338"'],
    ["\ud800", '"\\ufffd"'],
  ];
  for (const [value, spelling] of spellings)
    test(`${JSON.stringify(value)} is written ${spelling}`, () => {
      assert.equal(written(value), spelling);
      for (const version of ["1.1", "1.2"] as const) {
        const [document] = documentsOf(formatDocuments([mapping({ headers: { x: value } })]), version);
        assert.equal(document?.headers.x, value.toWellFormed());
      }
    });

  test("is written alike as a key", () => {
    const headers = Object.fromEntries([
      ["__proto__", "x"],
      ["n", "y"],
      ["a\n$b", "z"],
    ]);
    const [document] = documentsOf(formatDocuments([mapping({ headers })]));
    assert.deepEqual(Object.entries(document?.headers), Object.entries(headers));
  });
});
