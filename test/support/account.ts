import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { kubeconfigText } from "../control-plane/credentials.ts";
import { testFolder } from "./program.ts";
import { run } from "./seldon-cluster.ts";

/** A kubeconfig for a new service account of the namespace `default`, without any rights. */
export async function accountKubeconfig(t: TestContext, plane: ControlPlane, name: string): Promise<string> {
  await run(plane, `-n default create serviceaccount ${name}`);
  const token = (await run(plane, `-n default create token ${name}`)).trim();
  const file = join(testFolder(t), "kubeconfig");
  writeFileSync(file, kubeconfigText(plane.url, { ca: plane.ca, token }), { mode: 0o600 });
  return file;
}
