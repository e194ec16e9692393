import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import type { KubectlResult } from "../control-plane/kubectl.ts";
import { readAll } from "../support/cases.ts";
import type { Json } from "../support/deployment.ts";
import { exampleNames } from "../support/examples.ts";
import { carriedBy } from "../support/injection.ts";

type Folder = "valid" | "invalid";

interface Example {
  readonly name: string;
  readonly verb: "apply" | "create";
  /** Whether it has a configuration of its own, whose routes may name any namespace. */
  readonly isCustom: boolean;
  readonly namespaces: readonly string[];
  /** Arguments that name it: custom ones live where they say, or in the default namespace, the others by themselves. */
  readonly args: readonly string[];
}

type Check = (example: Example, result: KubectlResult) => Promise<void>;

/** How many kubectl run at once. */
const atOnce = 4;

function exampleOf(folder: Folder, name: string): Example {
  const file = fileURLToPath(new URL(`../../manifests/examples/${folder}/${name}.yaml`, import.meta.url));
  const text = readFileSync(file, "utf8");
  const isCustom = text.includes("seldon.io/ambassador-config");
  const said = readAll(file).flatMap((object) => (object as Json).metadata.namespace ?? []);
  return {
    ...{ name, isCustom },
    // kubectl cannot apply what has no name yet.
    verb: text.includes("generateName") ? "create" : "apply",
    namespaces: isCustom ? said : [name],
    args: isCustom ? ["-f", file] : ["-n", name, "-f", file],
  };
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

/** Applies every example of a folder, those with routes of their own choice one by one. */
async function applyAll(plane: ControlPlane, folder: Folder, check: Check): Promise<void> {
  const examples = exampleNames(folder).map((name) => exampleOf(folder, name));
  await makeNamespaces(
    plane,
    examples.flatMap(({ namespaces }) => namespaces),
  );
  const apply = async (example: Example): Promise<void> =>
    check(example, await plane.kubectl([example.verb, ...example.args]));
  for (const example of examples.filter(({ isCustom }) => isCustom)) {
    await apply(example);
    await plane.kubectl(["delete", "--ignore-not-found", ...example.args]);
  }
  const waiting = examples.filter(({ isCustom }) => !isCustom);
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await apply(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** What the CRD refuses before the validating webhook is asked. */
const crdRefuses: Readonly<Record<string, string>> = {
  "field-types": 'must be of type integer: "string"',
  "predictor-name-present": "spec.predictors[0].name: Required value",
};

function isRefused(name: string, stderr: string): boolean {
  const byCrd = crdRefuses[name];
  if (byCrd !== undefined && stderr.includes(byCrd)) return true;
  return stderr.includes(" is invalid: ") && stderr.endsWith(`[${name}]\n`);
}

/** Every file of examples/invalid is refused, by the rule that it is called after. */
export const refusesInvalid = (plane: ControlPlane): Promise<void> =>
  applyAll(plane, "invalid", async ({ name }, { status, stderr }) => {
    assert.equal(status, 1, name);
    assert.ok(isRefused(name, stderr), `${name}: ${stderr}`);
  });

/** Every file of examples/valid is accepted and carries a configuration afterwards. */
export const acceptsValid = (plane: ControlPlane): Promise<void> =>
  applyAll(plane, "valid", async ({ name, args }, { status, stderr }) => {
    assert.equal(status, 0, `${name}: ${stderr}`);
    const { stdout } = await plane.kubectl(["get", ...args, "-o", "json"]);
    const found = JSON.parse(stdout);
    for (const item of found.items ?? [found]) assert.match(carriedBy(item) ?? "", /kind"?: "?Mapping/, name);
  });
