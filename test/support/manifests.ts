import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { parse, parseAllDocuments, stringify } from "yaml";
import type { Json } from "./deployment.ts";

/** The name of the installation that the base makes. */
export const ownName = "seldon-ambassador-webhook";

export const manifests = fileURLToPath(new URL("../../manifests/", import.meta.url));
export const base = join(manifests, "base");

const foldersOf = (folder: string): readonly string[] => readdirSync(join(manifests, folder)).toSorted();

/** Every component, by the name of its folder. */
export const components = foldersOf("components");

/** Every overlay, by the name of its folder. */
export const overlays = foldersOf("overlays");

export const componentFolder = (name: string): string => join(manifests, "components", name);
export const overlayFolder = (name: string): string => join(manifests, "overlays", name);

export const kustomizationOf = (folder: string): Json =>
  parse(readFileSync(join(folder, "kustomization.yaml"), "utf8"));

/** A kustomization of one's own: what a user writes who combines the shipped folders. */
export interface Combination {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly [field: string]: unknown;
}

/** Writes it into a folder that ends with the test; folders are given by their paths. */
export function combine(
  t: TestContext,
  { resources = [base], components = [], ...rest }: Combination,
): string {
  const folder = mkdtempSync(join(tmpdir(), "kustomization-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const here = (paths: readonly string[]) => paths.map((path) => relative(folder, path));
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: here(resources),
    components: here(components),
    ...rest,
  };
  writeFileSync(join(folder, "kustomization.yaml"), stringify(kustomization));
  return folder;
}

/** What kustomize makes of a folder; undefined where there is no kubectl. Throws when it cannot be rendered. */
export function render(folder: string): readonly Json[] | undefined {
  const { error, status, stdout, stderr } = spawnSync("kubectl", ["kustomize", folder], { encoding: "utf8" });
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(`kubectl kustomize ${folder}: ${stderr}`);
  return parseAllDocuments(stdout).map((document) => document.toJS());
}
