import { readFileSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { isIPv6 } from "node:net";
import { join } from "node:path";

/** Who an API server is, and what proves who is calling. */
export interface Credentials {
  /** The API server's address, without a slash at its end. */
  readonly server: string;
  /** Adds to a call's options what the API server asks for; to be called anew for each. */
  applyTo(options: RequestOptions): Promise<void>;
}

/** Where the kubelet puts the credentials of a pod's service account. */
const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Those of the pod, which are two files and two variables. client-node reads them as well, but it takes 40 MB for
 * it, most of what 50,000 deployments take.
 */
export function podCredentials(
  env: Readonly<Record<string, string | undefined>>,
  folder = accountFolder,
): Credentials {
  const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port = "443" } = env;
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    async applyTo(options) {
      // The kubelet replaces the token before it expires.
      const token = readFileSync(join(folder, "token"), "utf8").trim();
      options.ca = readFileSync(join(folder, "ca.crt"));
      options.headers = { ...options.headers, Authorization: `Bearer ${token}` };
      options.agent = false;
    },
  };
}

/** The namespace that the process runs in; undefined outside a pod. */
export function podNamespace(folder = accountFolder): string | undefined {
  try {
    return readFileSync(join(folder, "namespace"), "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
