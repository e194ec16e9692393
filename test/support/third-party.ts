import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { run, until } from "./seldon-cluster.ts";

const folder = fileURLToPath(new URL("../control-plane/third-party/", import.meta.url));

/** Installs the kinds of others that manifests and guides use, and waits until they are served. */
export async function installThirdPartyCrds(plane: ControlPlane): Promise<void> {
  await run(plane, `apply -f ${folder}`);
  const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
  for (const file of files)
    await until(`${file} is served`, async () => {
      const name = await run(plane, `get -f ${folder}${file} -o jsonpath={.metadata.name}`);
      return (await plane.kubectl(["get", name, "-A"])).status === 0;
    });
}
