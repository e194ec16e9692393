import { fileURLToPath } from "node:url";
import { readAll } from "../support/cases.ts";
import { exampleNames } from "../support/examples.ts";

const examples = new URL("../../manifests/examples/", import.meta.url);

/** Every SeldonDeployment of the examples, good and bad: they use every feature and break every rule. */
export const corpus: readonly unknown[] = (["valid", "invalid"] as const).flatMap((folder) =>
  exampleNames(folder).flatMap((name) => readAll(fileURLToPath(new URL(`${folder}/${name}.yaml`, examples)))),
);

/** The same as what others of the cluster are. */
export const neighbours: readonly unknown[] = corpus.slice(0, 20);
