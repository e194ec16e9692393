import assert from "node:assert/strict";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runProgram, testFolder } from "../../support/program.ts";

const plain = `apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata:
  name: iris # the flower
spec:
  predictors:
    - name: main
      graph: {name: classifier, implementation: SKLEARN_SERVER}
`;
const [before, after] = ["  name: iris # the flower\n", "spec:\n"];
const text = "# Made by seldon-ambassador-webhook; delete this line to own the text. (by hand)\n      a: b\n";
const injected = plain.replace(
  before + after,
  `${before}  annotations:\n    seldon.io/ambassador-config: |\n      ${text}${after}`,
);

describe("strip --in-place", () => {
  test("writes the files that hold a text and no others, and names what it removed", async (t) => {
    const folder = testFolder(t);
    mkdirSync(join(folder, "deep"));
    const [first, second, own] = ["iris.yaml", "deep/iris.yml", "own.yaml"].map((file) => join(folder, file));
    assert.ok(first && second && own);
    for (const file of [first, second]) writeFileSync(file, injected);
    writeFileSync(own, plain);
    chmodSync(first, 0o640);
    const untouched = statSync(own).ino;
    const { code, stdout, stderr } = await runProgram(["strip", "-i", folder]);
    assert.equal(
      stderr,
      [second, first]
        .map((file) => `${file}:6: metadata.annotations[seldon.io/ambassador-config]: removed\n`)
        .join(""),
    );
    assert.deepEqual([code, stdout], [0, ""]);
    assert.deepEqual(
      [first, second, own].map((file) => readFileSync(file, "utf8")),
      [plain, plain, plain],
    );
    assert.equal(statSync(first).mode & 0o777, 0o640);
    assert.equal(statSync(own).ino, untouched);
    assert.deepEqual(readdirSync(folder).sort(), ["deep", "iris.yaml", "own.yaml"]);
    assert.deepEqual(await runProgram(["strip", "--in-place", folder]), { code: 0, stdout: "", stderr: "" });
  });

  test("writes through a link", async (t) => {
    const folder = testFolder(t);
    writeFileSync(join(folder, "target"), injected);
    symlinkSync("target", join(folder, "link.yaml"));
    const { code } = await runProgram(["strip", "-i", join(folder, "link.yaml")]);
    assert.equal(code, 0);
    assert.ok(lstatSync(join(folder, "link.yaml")).isSymbolicLink());
    assert.equal(readFileSync(join(folder, "target"), "utf8"), plain);
  });

  test("leaves a file alone of which a document cannot be read, and does the others", async (t) => {
    const folder = testFolder(t);
    const broken = `${injected}---\nkind: [\n`;
    writeFileSync(join(folder, "broken.yaml"), broken);
    writeFileSync(join(folder, "iris.yaml"), injected);
    const { code, stderr } = await runProgram(["strip", "-i", folder]);
    assert.equal(code, 2);
    assert.match(stderr, /broken\.yaml:1[0-9]: error: /);
    assert.equal(readFileSync(join(folder, "broken.yaml"), "utf8"), broken);
    assert.equal(readFileSync(join(folder, "iris.yaml"), "utf8"), plain);
  });

  for (const argv of [
    ["-i", "-"],
    ["-i", "--check", "x.yaml"],
    ["-i", "-o", "diff", "x.yaml"],
    ["-", "-"],
  ])
    test(`wrong usage: strip ${argv.join(" ")}`, async () => {
      const { code, stdout, stderr } = await runProgram(["strip", ...argv]);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /^error: /);
    });
});
