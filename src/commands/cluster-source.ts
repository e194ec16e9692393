import { type Connection, connect } from "../cluster/live-connect.ts";
import { type Credentials, podCredentials } from "../cluster/live-credentials.ts";
import { emptyCluster } from "../cluster/snapshot.ts";
import type { ClusterView } from "../cluster/view.ts";
import type { Config } from "../config/config.ts";
import { type Io, UsageError } from "./io.ts";
import { knownDeployments } from "./known-deployments.ts";

/** Where the deployments that exist are read from. */
export type ClusterSource =
  | { readonly view: ClusterView; readonly connection?: undefined }
  | { readonly view?: undefined; readonly connection: Connection };

/** Files, a kubeconfig's cluster or the one around the pod, whichever is given; else a cluster without any. */
export async function clusterSource(
  paths: readonly string[],
  config: Config,
  io: Io,
): Promise<ClusterSource> {
  const { kubeconfig } = config.cluster;
  if (paths.length > 0 && kubeconfig !== undefined)
    throw new UsageError("--cluster and --kubeconfig name two clusters: give one of them");
  if (paths.length > 0) return { view: await knownDeployments(paths, io) };
  if (kubeconfig === undefined && !io.env.KUBERNETES_SERVICE_HOST) return { view: emptyCluster() };
  const credentials = kubeconfig === undefined ? podCredentials(io.env) : await credentialsOf(kubeconfig);
  return { connection: connect(credentials) };
}

async function credentialsOf(kubeconfig: string): Promise<Credentials> {
  // Loaded where it is needed: the client takes longer to load than all the rest together.
  const { kubeconfigCredentials } = await import("../cluster/live-kubeconfig.ts");
  try {
    return kubeconfigCredentials(kubeconfig);
  } catch (error) {
    throw new UsageError(`${kubeconfig}: cannot be used as a kubeconfig (${(error as Error).message})`);
  }
}
