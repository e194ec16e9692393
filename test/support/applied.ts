import assert from "node:assert/strict";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import type { Json } from "./deployment.ts";

/** kubectl, which must succeed without a warning: what it prints. */
export type Run = (args: string | readonly string[], input?: Json) => Promise<string>;

/** kubectl as the administrator of a control plane. */
export const running =
  ({ kubectl }: ControlPlane): Run =>
  async (args, input) => {
    const words = typeof args === "string" ? args.split(" ") : args;
    const { stdout, stderr, status } = await kubectl(words, { input: input ? JSON.stringify(input) : "" });
    assert.deepEqual([status, stderr], [0, ""], `kubectl ${words.join(" ")}: ${stdout}`);
    return stdout;
  };

/** The objects of a folder as they are stored, in the folder's order. */
async function storedOf(run: Run, folder: string): Promise<readonly Json[]> {
  return JSON.parse(await run(["get", "-k", folder, "-o", "json"])).items;
}

const labelOf = ({ kind, metadata }: Json): string => `${kind}/${metadata.name}`;

async function versionsOf(run: Run, folder: string): Promise<readonly string[]> {
  const stored = await storedOf(run, folder);
  return stored.map((object) => `${labelOf(object)} ${object.metadata.resourceVersion}`);
}

/**
 * Applies a folder that was applied before: kubectl says "unchanged" of every object, no object is written, and
 * there is no difference to show. A PodDisruptionBudget is "configured" each time, because the API says that its
 * selector is replaced as a whole, so that kubectl always has a patch; that it changes nothing is checked as well.
 */
export async function appliesUnchanged(run: Run, folder: string): Promise<void> {
  const earlier = await versionsOf(run, folder);
  const lines = (await run(["apply", "-k", folder])).trimEnd().split("\n");
  assert.equal(lines.length, earlier.length);
  const changed = lines.filter((line) => !line.endsWith(" unchanged"));
  assert.deepEqual(
    changed.filter((line) => !/^poddisruptionbudget\.policy\/\S+ configured$/.test(line)),
    [],
  );
  assert.deepEqual(await versionsOf(run, folder), earlier);
  assert.equal(await run(["diff", "-k", folder]), "");
}

/**
 * Applies it from the server's side: a second time no object is written. So it is after a change to kubectl's own
 * side and back, but for the record that kubectl keeps, which each side words differently.
 */
export async function staysFromEitherSide(run: Run, folder: string): Promise<void> {
  const apply = ["apply", "--server-side", "--force-conflicts", "-k", folder];
  await run(apply);
  const earlier = await versionsOf(run, folder);
  await run(apply);
  assert.deepEqual(await versionsOf(run, folder), earlier);
  assert.equal(await run(["diff", "--server-side", "--force-conflicts", "-k", folder]), "");
  await run(["apply", "-k", folder]);
  await appliesUnchanged(run, folder);
}

/** Fields that only the API server can know, or that repeat another under an older name. */
const assigned: Readonly<Record<string, readonly string[]>> = {
  Namespace: ["spec"],
  Service: ["clusterIP", "clusterIPs", "ipFamilies"],
  // The number is the autoscaler's, where there is one.
  Deployment: ["serviceAccount", "replicas"],
};

/** Where a stored value has a field that its file lacks: what a GitOps tool may take for drift. */
function additions(stored: unknown, file: unknown, path = ""): readonly string[] {
  if (file === undefined) return [path];
  if (typeof stored !== "object" || stored === null) return stored === file ? [] : [`${path}: ${stored}`];
  return Object.entries(stored).flatMap(([key, value]) =>
    additions(value, (file as Json)[key], path === "" ? key : `${path}.${key}`),
  );
}

/** The API server has found no field to fill in, in any of the objects that kustomize renders. */
export async function isSpeltOut(run: Run, folder: string, rendered: readonly Json[]): Promise<void> {
  const stored = await storedOf(run, folder);
  assert.deepEqual(stored.map(labelOf), rendered.map(labelOf));
  for (const [index, { metadata: wantedMetadata, ...wanted }] of rendered.entries()) {
    const { status: _, metadata, ...rest } = stored[index] ?? {};
    const known = assigned[wanted.kind] ?? [];
    const added = additions(rest, wanted).filter((path) => !known.includes(path.split(".").at(-1) ?? ""));
    assert.deepEqual(added, [], wanted.kind);
    for (const [key, value] of Object.entries(wantedMetadata.labels))
      assert.equal(metadata.labels[key], value);
  }
}
