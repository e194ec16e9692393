import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import type { KubectlResult } from "../control-plane/kubectl.ts";
import { readAll } from "../support/cases.ts";
import type { Json } from "../support/deployment.ts";
import { exampleNames } from "../support/examples.ts";
import { carriedBy } from "../support/injection.ts";

type Folder = "valid" | "invalid";

interface Applied extends KubectlResult {
  readonly name: string;
  readonly namespace: string;
}

/** How many kubectl run at once. */
const atOnce = 4;

const fileOf = (folder: Folder, name: string): string =>
  fileURLToPath(new URL(`../../manifests/examples/${folder}/${name}.yaml`, import.meta.url));

/** Where an example says that it lives, or a namespace of its own. */
function namespaceOf(folder: Folder, name: string): string {
  const [own] = readAll(fileOf(folder, name)).map((object) => (object as Json).metadata.namespace);
  return own ?? name;
}

async function makeNamespaces({ kubectl }: ControlPlane, names: readonly string[]): Promise<void> {
  const items = [...new Set(names)].map((name) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name },
  }));
  const { status, stderr } = await kubectl(["apply", "-f", "-"], {
    input: JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  });
  assert.equal(status, 0, stderr);
}

async function applyAll(plane: ControlPlane, folder: Folder): Promise<readonly Applied[]> {
  const waiting = exampleNames(folder).map((name) => ({ name, namespace: namespaceOf(folder, name) }));
  await makeNamespaces(
    plane,
    waiting.map(({ namespace }) => namespace),
  );
  const applied: Applied[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const args = ["apply", "-n", next.namespace, "-f", fileOf(folder, next.name)];
      applied.push({ ...next, ...(await plane.kubectl(args)) });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return applied;
}

/** What the CRD refuses before the validating webhook sees it. */
const refusedByCrd: Readonly<Record<string, RegExp>> = {};

/** Every file of examples/invalid is refused, by the rule that it is called after. */
export async function refusesInvalid(plane: ControlPlane): Promise<void> {
  const applied = await applyAll(plane, "invalid");
  for (const { name, status, stderr } of applied) {
    assert.equal(status, 1, name);
    assert.match(stderr, refusedByCrd[name] ?? new RegExp(`is invalid: [^]*\\[${name}\\]\\n$`), name);
  }
}

/** Every file of examples/valid is accepted and carries a configuration afterwards. */
export async function acceptsValid(plane: ControlPlane): Promise<void> {
  for (const { name, namespace, status, stderr } of await applyAll(plane, "valid")) {
    assert.equal(status, 0, `${name}: ${stderr}`);
    const { stdout } = await plane.kubectl(["get", "sdep", "-n", namespace, "-o", "json"]);
    for (const item of JSON.parse(stdout).items)
      assert.match(carriedBy(item) ?? "", /kind"?: "?Mapping/, name);
  }
}
