import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where `npm run control-plane` puts what it builds. */
export const cacheFolder = fileURLToPath(new URL("../../.cache/control-plane/", import.meta.url));

/** The programs of a control plane, by path. */
export interface Binaries {
  readonly etcd: string;
  readonly apiServer: string;
  readonly kubectl: string;
}

export type Search =
  | { readonly binaries: Binaries; readonly missing?: undefined }
  | { readonly binaries?: undefined; readonly missing: string };

const readyMade = "point KUBEBUILDER_ASSETS at what `setup-envtest use -p path` prints";

/** Whether there is a program at this path that can be run. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The first folder's program of this name. */
const findProgram = (name: string, folders: readonly string[]): string | undefined =>
  folders.map((folder) => join(folder, name)).find(isProgram);

/** A program of this name on PATH. */
export const onPath = (name: string, env: NodeJS.ProcessEnv): string | undefined =>
  findProgram(
    name,
    (env.PATH ?? "").split(delimiter).filter((folder) => folder !== ""),
  );

/** Finds etcd, kube-apiserver and kubectl, or says in one line what is missing and how to get it. */
export function findBinaries(env: NodeJS.ProcessEnv): Search {
  const assets = env.KUBEBUILDER_ASSETS;
  // Whoever names a folder means it: a slip in it must not go unnoticed because another set is at hand.
  const folder = assets === undefined || assets === "" ? cacheFolder : assets;
  const etcd = findProgram("etcd", [folder]);
  const apiServer = findProgram("kube-apiserver", [folder]);
  const kubectl = findProgram("kubectl", [folder, cacheFolder]) ?? onPath("kubectl", env);
  if (etcd !== undefined && apiServer !== undefined && kubectl !== undefined)
    return { binaries: { etcd, apiServer, kubectl } };
  const missing = Object.entries({ etcd, "kube-apiserver": apiServer, kubectl })
    .filter(([, path]) => path === undefined)
    .map(([name]) => name);
  const names = missing.join(", ");
  if (folder === assets) return { missing: `no ${names} in KUBEBUILDER_ASSETS: unset it, or ${readyMade}` };
  return { missing: `no ${names}: run \`npm run control-plane\` (needs Go), or ${readyMade}` };
}
