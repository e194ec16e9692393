import assert from "node:assert/strict";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One change of a source file: what is there, and what the other version has in its place. */
export interface Difference {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Copies the program into a folder with these differences, to run beside this one. */
export function otherVersion(folder: string, differences: readonly Difference[]): string {
  cpSync(join(root, "src"), join(folder, "src"), { recursive: true });
  for (const file of ["package.json", "tsconfig.json"]) cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const { file, from, to } of differences) {
    const path = join(folder, "src", file);
    const text = readFileSync(path, "utf8");
    assert.equal(text.split(from).length, 2, `${file} holds ${JSON.stringify(from)} once`);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
  }
  return folder;
}
