import { KubeConfig } from "@kubernetes/client-node";
import type { Credentials } from "./live-credentials.ts";

/** Those of a kubeconfig's current context, whatever way of logging in it uses. Throws when the file is of no use. */
export function kubeconfigCredentials(path: string): Credentials {
  const config = new KubeConfig();
  config.loadFromFile(path);
  return credentialsIn(config);
}

/** The same for one that has been read. */
export function credentialsIn(config: KubeConfig): Credentials {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error("it has no current context with a cluster");
  return {
    server: server.replace(/\/$/, ""),
    applyTo: (options) => config.applyToHTTPSOptions(options),
  };
}
