import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { deploymentsOf, readSources } from "../../../src/review/read.ts";

const nothing = () => Readable.from([]);

async function inFolder(
  files: Record<string, string>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "review-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, name, ".."), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const foo = "kind: Foo\n";

test("a folder is read by name, deeply, .json, .yaml and .yml only", async () => {
  const files = {
    "b.yaml": foo,
    "a/z.yml": foo,
    "a/y.json": '{"kind":"Foo"}',
    "c.txt": foo,
    "a.yaml": foo,
    ".d.yaml": foo,
  };
  await inFolder(files, async (folder) => {
    const { sources, problems } = await readSources([folder], nothing());
    const found = sources.map(({ file }) => file.slice(folder.length + 1));
    assert.deepEqual(found, [".d.yaml", "a/y.json", "a/z.yml", "a.yaml", "b.yaml"]);
    assert.deepEqual(problems, []);
  });
});

test("links to files are followed, links to folders inside a folder are not", async () => {
  await inFolder({ "real/a.yaml": foo, "work/b.yaml": foo }, async (folder) => {
    symlinkSync(join(folder, "real/a.yaml"), join(folder, "work/linked.yaml"));
    symlinkSync(join(folder, "real"), join(folder, "work/folder"));
    symlinkSync(join(folder, "work"), join(folder, "work/loop"));
    const { sources, problems } = await readSources([join(folder, "work")], nothing());
    assert.deepEqual(
      sources.map(({ file }) => file.slice(folder.length + 1)),
      ["work/b.yaml", "work/linked.yaml"],
    );
    assert.deepEqual(problems, []);
  });
});

test("a link to nothing is a problem of that file only", async () => {
  await inFolder({ "a.yaml": foo }, async (folder) => {
    symlinkSync(join(folder, "gone"), join(folder, "b.yaml"));
    const { sources, problems } = await readSources([folder], nothing());
    assert.equal(sources.length, 1);
    assert.deepEqual(problems, [
      { file: join(folder, "b.yaml"), message: "there is no such file or folder" },
    ]);
  });
});

test("of what is read only SeldonDeployments are deployments", async () => {
  const text = [
    "{apiVersion: machinelearning.seldon.io/v1, kind: SeldonDeployment}",
    "{apiVersion: machinelearning.seldon.io/v1alpha2, kind: SeldonDeployment}",
    "{apiVersion: mlops.seldon.io/v1alpha1, kind: SeldonDeployment}",
    "{apiVersion: machinelearning.seldon.io/v1, kind: Other}",
  ];
  const stdin = Readable.from([Buffer.from(`---\n${text.join("\n---\n")}`)]);
  const { sources } = await readSources(["-"], stdin);
  assert.deepEqual(
    deploymentsOf(sources).map((object) => [object.file, object.lineAt([])]),
    [
      ["<stdin>", 2],
      ["<stdin>", 4],
    ],
  );
});

test("thousands of documents are read in a moment", async () => {
  const one = "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {name: x}\n";
  const stdin = Readable.from([Buffer.from(Array(5000).fill(one).join("---\n"))]);
  const started = performance.now();
  const { sources } = await readSources(["-"], stdin);
  assert.equal(deploymentsOf(sources).at(-1)?.lineAt(["metadata", "name"]), 4 * 4999 + 3);
  assert.ok(performance.now() - started < 10_000);
});
