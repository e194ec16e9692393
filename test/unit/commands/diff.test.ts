import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { applyPatch, parsePatch } from "diff";
import { testFolder } from "../../support/program.ts";

const main = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));
const tsx = fileURLToPath(import.meta.resolve("tsx"));

const deployment = (name: string): string => `# ${name}
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata:
  name: ${name} # c
spec:
  predictors:
    - name: main
      traffic: 90
      graph: {name: classifier, implementation: SKLEARN_SERVER}
    - graph:
        name: classifier
        implementation: SKLEARN_SERVER
      name: canary
      traffic: 10
`;

const json = `{"apiVersion":"machinelearning.seldon.io/v1","kind":"SeldonDeployment","metadata":{"name":"j"},\n\t"spec":{"predictors":[{"name":"main","graph":{"name":"m"}}]}}`;

const files: Readonly<Record<string, string>> = {
  "plain.yaml": deployment("plain"),
  "deep/er/crlf.yaml": deployment("crlf").replaceAll("\n", "\r\n"),
  "open.yaml": deployment("open").trimEnd(),
  "open-crlf.yaml": deployment("open-crlf").trimEnd().replaceAll("\n", "\r\n"),
  "several.yaml": `${deployment("one")}---\nkind: ConfigMap\napiVersion: v1\n--- # c\n${deployment("two")}\n\n# end`,
  "marked.yaml": `\ufeff${deployment("marked")}`,
  "with space.yaml": deployment("space"),
  'ü "quoted".yml': deployment("quoted"),
  "one.json": json,
  "other.yaml": "apiVersion: v1\nkind: ConfigMap\n",
};

function run(cwd: string, argv: readonly string[], input = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", tsx, main, ...argv], {
    cwd,
    env: {},
    input,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/** Applies a diff as its reader would: with git or, on a machine without, with a library. */
function apply(cwd: string, diff: string): void {
  const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const git = spawnSync("git", ["apply", "--whitespace=nowarn"], { cwd, env, input: diff, encoding: "utf8" });
  if (git.error === undefined) assert.deepEqual([git.status, git.stderr], [0, ""]);
  else applyByLibrary(cwd, diff);
}

function applyByLibrary(cwd: string, diff: string): void {
  for (const patch of parsePatch(diff)) {
    const path = join(cwd, (patch.oldFileName ?? "").replace(/^a\//, ""));
    const applied = applyPatch(readFileSync(path, "utf8"), patch, { autoConvertLineEndings: false });
    assert.notEqual(applied, false, path);
    writeFileSync(path, String(applied));
  }
}

const contentsOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => statSync(join(folder, file)).isFile())
      .map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );

function writeAll(folder: string): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

/** What was added below a last line without an end had to give it one. */
function asEnded(text: string, stripped: string): string {
  if (text.endsWith("\n") || !stripped.endsWith("\n")) return text;
  return text + (text.includes("\r\n") ? "\r\n" : "\n");
}

describe("review -o diff and strip -o diff on real files", () => {
  const carriers = [
    ["--carrier", "metadata"],
    ["--carrier", "spec", "--suppress-duplicates"],
    ["--carrier", "predictor"],
  ];
  for (const flags of carriers)
    test(`there and back again: ${flags.join(" ")}`, (t) => {
      const folder = testFolder(t);
      writeAll(folder);
      const there = run(folder, ["review", ...flags, "-o", "diff", "."]);
      assert.equal(there.status, 0, there.stderr);
      assert.equal(there.stdout.match(/^--- /gm)?.length, Object.keys(files).length - 1);
      apply(folder, there.stdout);
      const injected = contentsOf(folder);
      assert.equal(injected["other.yaml"], files["other.yaml"]);
      assert.ok(JSON.parse(String(injected["one.json"])));
      assert.equal(
        run(folder, ["review", ...flags, "-o", "diff", "."]).stdout,
        "",
        "nothing is left to change",
      );
      for (const file of ["plain.yaml", "deep/er/crlf.yaml"])
        assert.equal(
          run(folder, ["review", ...flags, "-o", "yaml", "-"], files[file]).stdout,
          injected[file],
        );

      const back = run(folder, ["strip", "-o", "diff", "."]);
      assert.equal(back.status, 0, back.stderr);
      apply(folder, back.stdout);
      const stripped = contentsOf(folder);
      for (const [file, text] of Object.entries(files))
        assert.equal(stripped[file], asEnded(text, String(stripped[file])), file);
    });

  test("paths outside of the current folder start at the root", (t) => {
    const folder = testFolder(t);
    mkdirSync(join(folder, "here"));
    writeFileSync(join(folder, "iris.yaml"), deployment("iris"));
    const { stdout } = run(join(folder, "here"), ["review", "-o", "diff", "../iris.yaml"]);
    assert.ok(stdout.startsWith(`--- a${join(folder, "iris.yaml")}\n`), stdout);
  });

  test("standard input", (t) => {
    const folder = testFolder(t);
    const { stdout } = run(folder, ["review", "-o", "diff", "-"], deployment("iris"));
    writeFileSync(join(folder, "<stdin>"), deployment("iris"));
    apply(folder, stdout);
    const { stdout: yaml } = run(folder, ["review", "-o", "yaml", "-"], deployment("iris"));
    assert.equal(readFileSync(join(folder, "<stdin>"), "utf8"), yaml);
  });
});
