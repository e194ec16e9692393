import { scalars } from "./kubectl-scalars.ts";

/** One text, and what kubectl makes of it: the objects, or that it refuses. */
export interface KubectlCase {
  readonly name: string;
  readonly text: string;
  /** What kubectl read; "error" where it read nothing and said why. */
  readonly reads: readonly object[] | "error";
}

const head = "apiVersion: v1\nkind: Foo\nmetadata: {name: x}\n";
const foo = (spec?: unknown, more: object = {}): object => ({
  apiVersion: "v1",
  kind: "Foo",
  metadata: { name: "x" },
  ...(spec !== undefined && { spec }),
  ...more,
});
const jsonFoo = (spec: string): string =>
  `{"apiVersion":"v1","kind":"Foo","metadata":{"name":"x"},"spec":${spec}}`;

const readable: readonly KubectlCase[] = [
  ...scalars.map(([yaml, value]) => ({
    name: yaml,
    text: `${head}spec: [${yaml}]\n`,
    reads: [foo([value])],
  })),
  {
    name: "keys that are no text",
    text: `${head}spec: {1: a, 1.5: b, true: c, 2020-01-01: d, 0x10: e, 1e3: f, 08: g, n: h}\n`,
    reads: [foo({ 1: "a", 1.5: "b", true: "c", "2020-01-01": "d", 16: "e", 1000: "f", 8: "g", false: "h" })],
  },
  {
    name: "a merge before a key",
    text: `${head}b: &b {a: 2, c: 3}\nspec: {<<: *b, a: 1}\n`,
    reads: [foo({ a: 1, c: 3 }, { b: { a: 2, c: 3 } })],
  },
  {
    name: "a merge behind a key wins",
    text: `${head}b: &b {a: 2, c: 3}\nspec: {a: 1, <<: *b}\n`,
    reads: [foo({ a: 2, c: 3 }, { b: { a: 2, c: 3 } })],
  },
  {
    name: "a merge of several",
    text: `${head}b: &b {a: 2, c: 3}\nd: &d {a: 5, e: 6}\nspec: {<<: [*b, *d]}\n`,
    reads: [foo({ a: 2, c: 3, e: 6 }, { b: { a: 2, c: 3 }, d: { a: 5, e: 6 } })],
  },
  {
    name: "a quoted << is a key",
    text: `${head}b: &b {a: 2}\nspec: {"<<": *b}\n`,
    reads: [foo({ "<<": { a: 2 } }, { b: { a: 2 } })],
  },
  { name: "of a key twice the last wins", text: `${head}spec: {a: 1, a: 2}\n`, reads: [foo({ a: 2 })] },
  {
    name: "maps do not merge",
    text: `${head}spec:\n  m: {a: 1}\n  m: {b: 1}\n`,
    reads: [foo({ m: { b: 1 } })],
  },
  { name: "an anchor twice", text: `${head}a: &x 1\nb: &x 2\nspec: *x\n`, reads: [foo(2, { a: 1, b: 2 })] },
  { name: "an alias as key", text: `${head}a: &x k\nspec: {*x : 1}\n`, reads: [foo({ k: 1 }, { a: "k" })] },
  {
    name: "a literal block with ---",
    text: `${head}spec: |\n  a\n  ---\n  b\n`,
    reads: [foo("a\n---\nb\n")],
  },
  { name: "kept line breaks", text: `${head}spec: |+\n  a\n\n\nz: 1\n`, reads: [foo("a\n\n\n", { z: 1 })] },
  { name: "a folded block", text: `${head}spec: >-\n  a\n  b\n\n  c\n`, reads: [foo("a b\nc")] },
  { name: "escapes", text: `${head}spec: "a\\x41\\u263a\\U0001F600\\e"\n`, reads: [foo("aA☺😀\u001b")] },
  { name: "a tab before a value", text: `${head}spec:\t5\n`, reads: [foo(5)] },
  { name: "a byte order mark", text: `\ufeff${head}`, reads: [foo()] },
  {
    name: "CRLF",
    text: `${head}---\n${head}`.replaceAll("\n", "\r\n"),
    reads: [foo(), foo()],
  },
  {
    name: "a comment behind ---",
    text: `${head}--- # hi\n${head}---   \n${head}`,
    reads: [foo(), foo(), foo()],
  },
  { name: "...", text: `${head}...\n---\n${head}`, reads: [foo(), foo()] },
  { name: "a comment behind ...", text: `${head}...\n# c\n`, reads: [foo()] },
  { name: "empty documents", text: `# only\n---\n${head}---\n# only\n---\nnull\n---\n~\n`, reads: [foo()] },
  { name: "blank lines", text: `\n\n   \n---\n\n---\n${head}`, reads: [foo()] },
  { name: "nothing", text: "", reads: [] },
  {
    name: "a flow map behind ---",
    text: `---\n{apiVersion: v1, kind: Foo, metadata: {name: x}, spec: yes}\n`,
    reads: [foo(true)],
  },
  {
    name: "a comma too many",
    text: `---\n{"apiVersion":"v1","kind":"Foo","metadata":{"name":"x", }}`,
    reads: [foo()],
  },
  { name: "JSON with tabs", text: jsonFoo("\t[\n\t1]"), reads: [foo([1])] },
  { name: "JSON escapes", text: jsonFoo('"\\ud83d\\ude00\\/"'), reads: [foo("😀/")] },
  { name: "JSON with a key twice", text: jsonFoo('{"a":1,"a":2}'), reads: [foo({ a: 2 })] },
  {
    name: "JSON values in a row",
    text: `${jsonFoo("1")}${jsonFoo("2")}\n${jsonFoo("3")}\n`,
    reads: [foo(1), foo(2), foo(3)],
  },
  {
    name: "a List",
    text: "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Foo, metadata: {name: x}}\n- {apiVersion: v1, kind: Bar}\n",
    reads: [foo(), { apiVersion: "v1", kind: "Bar" }],
  },
  {
    name: "items of a typed list need no kind",
    text: "apiVersion: m/v1\nkind: FooList\nitems:\n- {metadata: {name: x}}\n",
    reads: [{ apiVersion: "m/v1", kind: "Foo", metadata: { name: "x" } }],
  },
  {
    name: "whatever has items is a list",
    text: "apiVersion: v1\nkind: Foo\nitems:\n- {apiVersion: v1, kind: Bar}\n",
    reads: [{ apiVersion: "v1", kind: "Bar" }],
  },
  {
    name: "no apiVersion",
    text: "kind: Foo\nmetadata: {name: x}\n",
    reads: [{ kind: "Foo", metadata: { name: "x" } }],
  },
  { name: "no metadata", text: "apiVersion: v1\nkind: Foo\n", reads: [{ apiVersion: "v1", kind: "Foo" }] },
];

const refused: Readonly<Record<string, string>> = {
  "no number": `${head}spec: [.NaN]\n`,
  infinity: `${head}spec: .inf\n`,
  "a null key": `${head}spec: {~: a}\n`,
  "a list as key": `${head}spec: {[a]: b}\n`,
  "a map as key": `${head}spec:\n  ? {a: b}\n  : b\n`,
  "a tag that does not fit": `${head}spec: [!!int abc]\n`,
  "a fraction tagged as integer": `${head}spec: [!!int 1.5]\n`,
  "a merge of a scalar": `${head}spec: {<<: 3}\n`,
  "an alias of itself": `${head}spec: &a {b: *a}\n`,
  "an unknown anchor": `${head}spec: {b: *a}\n`,
  "text behind ---": `--- {apiVersion: v1, kind: Foo}\n`,
  "text at ---": `---x\n${head}`,
  "a directive": `%YAML 1.1\n---\n`,
  "a tab as indentation": `${head}spec:\n\ta: 1\n`,
  "a control character": `${head}spec: "a\u0007b"\n`,
  "a reserved character": `${head}spec: @a\n`,
  "a % in a flow": `${head}spec: [%a]\n`,
  "an indentation that matches nothing": `${head}spec:\n  a: 1\n b: 2\n`,
  "two colons": `${head}spec: a: b\n`,
  "an open quote": `${head}spec: "abc\n`,
  "a flow map that begins a file": "{apiVersion: v1, kind: Foo}\n",
  "a JSON list": '[{"apiVersion":"v1","kind":"Foo"}]',
  "a scalar": "hello\n",
  "a YAML list": "- a\n",
  "no kind": "apiVersion: v1\nmetadata: {name: x}\n",
  "a kind that is no text": "apiVersion: v1\nkind: 5\n",
  "an empty map": "{}\n",
  "a List in a List": "kind: List\nitems:\n- kind: List\n  items:\n  - {kind: Foo}\n",
  "items that are no list": "kind: Foo\nitems: {a: b}\n",
  "a scalar as item": "kind: List\nitems: [3]\n",
  "an item without kind": "apiVersion: v1\nkind: FooList\nitems:\n- {apiVersion: v1}\n",
  "an item without apiVersion": "apiVersion: v1\nkind: FooList\nitems:\n- {kind: Foo}\n",
};

/**
 * Recorded from kubectl 1.32.4: `kubectl annotate --local -f FILE a=b -o json`, which reads and prints
 * without a cluster.
 */
export const kubectlCases: readonly KubectlCase[] = [
  ...readable,
  ...Object.entries(refused).map(([name, text]) => ({ name, text, reads: "error" as const })),
];
