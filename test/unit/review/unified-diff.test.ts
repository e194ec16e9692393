import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { applyPatch } from "diff";
import fc from "fast-check";
import { applyEdits, type Edit } from "../../../src/review/edit.ts";
import { paletteFor } from "../../../src/review/palette.ts";
import { paintDiff, unifiedDiff } from "../../../src/review/unified-diff.ts";
import { testFolder } from "../../support/program.ts";

/** Applies a diff as its reader would: with git or, on a machine without, with a library. */
function apply(t: TestContext, file: string, before: string, diff: string): string {
  const folder = testFolder(t);
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, before);
  const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const { error, status, stderr } = spawnSync("git", ["apply", "--whitespace=nowarn"], {
    cwd: folder,
    env,
    input: diff,
  });
  if (error !== undefined) {
    const applied = applyPatch(before, diff, { autoConvertLineEndings: false });
    return applied === false ? "" : applied;
  }
  assert.equal(status, 0, `${stderr}\n${diff}`);
  return readFileSync(path, "utf8");
}

const replace = (text: string, part: string, by: string): Edit => {
  const start = text.indexOf(part);
  assert.ok(start >= 0);
  return { start, end: start + part.length, text: by };
};

const lines = (count: number, newline = "\n"): string =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}${newline}`).join("");

describe("unified diff", () => {
  test("has a header, three lines of context, and a hunk for each place", () => {
    const text = lines(60);
    const diff = unifiedDiff("deploy/iris.yaml", text, [
      replace(text, "line 10\n", "line 10\nnew\n"),
      replace(text, "line 50\n", ""),
    ]);
    assert.equal(
      diff,
      [
        "--- a/deploy/iris.yaml",
        "+++ b/deploy/iris.yaml",
        "@@ -8,6 +8,7 @@",
        " line 8",
        " line 9",
        " line 10",
        "+new",
        " line 11",
        " line 12",
        " line 13",
        "@@ -47,7 +48,6 @@",
        " line 47",
        " line 48",
        " line 49",
        "-line 50",
        " line 51",
        " line 52",
        " line 53",
        "",
      ].join("\n"),
    );
  });

  test("is empty when nothing changes", () => {
    assert.equal(unifiedDiff("a.yaml", "a: b\n", []), "");
    assert.equal(unifiedDiff("a.yaml", "a: b\n", [{ start: 0, end: 4, text: "a: b" }]), "");
  });

  const texts: [name: string, file: string, text: string][] = [
    ["a plain file", "iris.yaml", lines(30)],
    ["a file in a folder", "deploy/models/iris.yaml", lines(30)],
    ["CRLF", "iris.yaml", lines(30, "\r\n")],
    ["no newline at the end", "iris.yaml", lines(30).trimEnd()],
    ["CRLF and no newline at the end", "iris.yaml", lines(30, "\r\n").trimEnd()],
    ["a byte order mark", "iris.yaml", `\ufeff${lines(30)}`],
    ["a file name with spaces", "my models/iris v2.yaml", lines(30)],
    ["a file name with quotes and letters of other scripts", 'ü "x"\\y.yaml', lines(30)],
    ["standard input", "<stdin>", lines(30)],
    [
      "line separators of Unicode and a lone CR",
      "iris.yaml",
      lines(30).replace("line 5\n", "a\u2028b\rc\u0085\n"),
    ],
    ["an empty first line", "iris.yaml", `\n\n${lines(20)}`],
  ];
  for (const [name, file, text] of texts)
    for (const part of ["line 1", "line 12", "line 30", "line 2"])
      test(`applies byte for byte: ${name}, at ${part}`, (t) => {
        const last = text.includes(part) ? part : "line 20";
        for (const by of ["", "changed", `${last}\nadded: "text"\n`]) {
          const edits = [replace(text, last, by)];
          const diff = unifiedDiff(file, text, edits);
          assert.equal(apply(t, file, text, diff), applyEdits(text, edits));
        }
      });

  test("any edits of any text", (t) => {
    const line = fc.constantFrom("a", "b", "c", "", "@@ -1 +1 @@", "--- a", "+++ b", "\\ No newline", "x\r");
    const text = fc
      .tuple(fc.array(line, { minLength: 1, maxLength: 60 }), fc.boolean())
      .map(([all, ends]) => all.join("\n") + (ends ? "\n" : ""));
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.array(line, { maxLength: 4 })), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(text, edits, (before, wanted) => {
        let at = 0;
        const made = wanted
          .map(([start, length, added]) => ({ start: start % (before.length + 1), length, added }))
          .toSorted((a, b) => a.start - b.start)
          .flatMap(({ start, length, added }): Edit[] => {
            if (start < at) return [];
            at = Math.min(start + length, before.length);
            return [{ start, end: at, text: added.join("\n") }];
          });
        const after = applyEdits(before, made);
        fc.pre(after !== "" && before !== "");
        const diff = unifiedDiff("iris.yaml", before, made);
        if (diff === "") assert.equal(after, before);
        else assert.equal(apply(t, "iris.yaml", before, diff), after);
      }),
      { numRuns: 150 },
    );
  });

  test("a thousand changes in one file take a moment", () => {
    const text = lines(60_000);
    const added = lines(25).replaceAll("line", "added");
    const edits = Array.from({ length: 1000 }, (_, index) =>
      replace(text, `line ${index * 60 + 7}\n`, `line ${index * 60 + 7}\n${added}`),
    );
    const start = performance.now();
    const diff = unifiedDiff("iris.yaml", text, edits);
    assert.ok(performance.now() - start < 5000);
    assert.equal(diff.split("\n").filter((line) => line.startsWith("@@")).length, 1000);
  });

  test("has colours on a terminal only", () => {
    const diff = unifiedDiff("a.yaml", "a\n---\n", [{ start: 0, end: 1, text: "b" }]);
    assert.equal(paintDiff(diff, paletteFor({}, {})), diff);
    assert.equal(paintDiff(diff, paletteFor({ isTTY: true }, { NO_COLOR: "1" })), diff);
    const painted = paintDiff(diff, paletteFor({ isTTY: true }, {}));
    assert.ok(painted.endsWith("\u001b[31m-a\u001b[39m\n\u001b[32m+b\u001b[39m\n ---\n"), painted);
  });
});
