import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import type { Json } from "./deployment.ts";

const manifests = fileURLToPath(new URL("../../manifests/", import.meta.url));

/** What `kubectl kustomize` makes of the base with this component; undefined, and said, where there is no kubectl. */
export function builtWith(t: TestContext, component: string): readonly Json[] | undefined {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "overlay-")));
  t.after(() => rmSync(folder, { recursive: true }));
  // kustomize knows only relative paths to what lies outside.
  const [base, other] = ["base", `components/${component}`].map((path) =>
    relative(folder, join(manifests, path)),
  );
  writeFileSync(
    join(folder, "kustomization.yaml"),
    JSON.stringify({ resources: [base], components: [other] }),
  );
  const { error, status, stdout, stderr } = spawnSync("kubectl", ["kustomize", folder], { encoding: "utf8" });
  if (error !== undefined) {
    t.diagnostic("there is no kubectl: nothing was built");
    return undefined;
  }
  assert.equal(status, 0, stderr);
  return parseAllDocuments(stdout).map((document) => document.toJS());
}
