/** The key that the patches are about. */
export const ourKey = "seldon.io/ambassador-config";

/** A way to write the annotations of something. */
export interface Annotations {
  /** The lines of the entry, as if it stood at column 0. */
  readonly lines: readonly string[];
  readonly has: "none" | "null" | "map" | "ours";
}

const block = (...lines: string[]): readonly string[] => [
  "annotations:",
  ...lines.map((line) => `  ${line}`),
];
const old = [
  [`${ourKey}: old # c-inline`],
  [`${ourKey}:    'old'`],
  [`${ourKey}: "old`, `  and older" # c-multi`],
  [`"${ourKey}": old`, "  and older"],
  [`${ourKey}: | # c-head`, "  # not a comment", "  old", "", "  old"],
  [`${ourKey}: |+`, "  old", "", ""],
  [`${ourKey}: >-`, "  old", "  older"],
  [`${ourKey}: |2`, "    old"],
  [`${ourKey}:`],
  [`${ourKey}: # c-null`],
  [`${ourKey}: !!str old`],
];

/** Ways that people write them, and some that they should not. */
export const annotations: readonly Annotations[] = [
  { lines: [], has: "none" },
  { lines: ["annotations:"], has: "null" },
  { lines: ["annotations: # c-inline"], has: "null" },
  { lines: ["annotations:   ~ # c-inline"], has: "null" },
  { lines: ["annotations: null"], has: "null" },
  { lines: ["annotations: {}"], has: "map" },
  { lines: ["annotations:   { }   # c-inline"], has: "map" },
  { lines: ["annotations: {", "  # c-flow", "  }"], has: "map" },
  { lines: ["annotations: {a: b} # c-inline"], has: "map" },
  { lines: ["annotations: { # c-flow", "    a: b, # c-flow2", "    c: d", "  }"], has: "map" },
  { lines: block("a: b # c-inline"), has: "map" },
  { lines: block("a: b", "# c-between", "c: |", "  text", ""), has: "map" },
  { lines: block("a: >+", "  text", "", ""), has: "map" },
  { lines: block("# c-first", 'a: "b', '  c" # c-multi'), has: "map" },
  { lines: ["annotations:", "      a: b", "      c:"], has: "map" },
  { lines: [`annotations: {"${ourKey}": old}`], has: "ours" },
  { lines: [`annotations: {a: b, ${ourKey}: 'old' , c: d} # c-inline`], has: "ours" },
  { lines: [`annotations: {a: b, "${ourKey}":old}`], has: "ours" },
  { lines: [`annotations: { a: b, # c-flow`, `    ${ourKey}: old # c-flow2`, "  }"], has: "ours" },
  { lines: [`annotations: {a, ${ourKey}, b}`], has: "ours" },
  ...old.flatMap((lines): Annotations[] => [
    { lines: block(...lines), has: "ours" },
    { lines: block("a: b # c-inline0", ...lines), has: "ours" },
    { lines: block("# c-first", ...lines, "# c-last", "c: d"), has: "ours" },
    { lines: block("a: b", ...lines, "", "# c-last"), has: "ours" },
  ]),
];
