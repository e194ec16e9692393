import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { EngineContext } from "../../src/admission/engine.ts";
import { isMap } from "../../src/mapping/custom.ts";
import { admit, type Outcome } from "./admission.ts";
import { readAll } from "./cases.ts";

const root = new URL("../../manifests/examples/", import.meta.url);

/** The names of a folder's examples, without `.yaml`. */
export const exampleNames = (folder: "valid" | "invalid"): readonly string[] =>
  readdirSync(new URL(`${folder}/`, root))
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.replace(/\.yaml$/, ""));

/** Applies all objects of one example to a cluster that holds the others. */
export function applyExample(folder: "valid" | "invalid", name: string, settings: EngineContext["settings"]) {
  const objects = readAll(fileURLToPath(new URL(`${folder}/${name}.yaml`, root)));
  return objects.map((object): Outcome => {
    const metadata = isMap(object) && isMap(object.metadata) ? object.metadata : {};
    const existing = objects.filter((other) => other !== object);
    const namespace = typeof metadata.namespace === "string" ? metadata.namespace : "default";
    return admit({ object, existing, namespace, settings });
  });
}

/** The id at the end of every cause and warning. */
export const ruleId = (message: string): string => /\[([a-z0-9/-]+)\]$/.exec(message)?.[1] ?? message;
