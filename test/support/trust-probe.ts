import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import type { ApiClient } from "../../src/cluster/live-client.ts";
import type { LoadResult } from "./admission-load.ts";
import type { Json } from "./deployment.ts";
import { webhookName } from "./replicas.ts";

/** What a port serves with, whoever trusts it. */
async function leafOf(port: number): Promise<X509Certificate> {
  const socket = connect({ host: "localhost", port, servername: "localhost", rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect");
    return new X509Certificate(socket.getPeerCertificate().raw);
  } finally {
    socket.destroy();
  }
}

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

async function trusted(client: ApiClient): Promise<readonly (readonly X509Certificate[])[]> {
  const stored = await Promise.all(
    ["mutating", "validating"].map((kind) => {
      const path = `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations/${webhookName}`;
      return client.json(path, { signal: AbortSignal.timeout(30_000) }) as Promise<Json>;
    }),
  );
  return stored.flatMap(({ webhooks }) =>
    webhooks.map(({ clientConfig }: Json) => {
      const text = Buffer.from(clientConfig.caBundle ?? "", "base64").toString();
      return (text.match(pemBlock) ?? []).map((pem) => new X509Certificate(pem));
    }),
  );
}

/** What was seen of the certificates while it went on. */
export interface TrustResult extends LoadResult {
  /** Distinct leaves, by serial number, with the end of their lives. */
  readonly leaves: ReadonlyMap<string, number>;
  /** Distinct CAs that signed them. */
  readonly signers: ReadonlySet<string>;
  /** The greatest number of CAs that a caBundle held at once. */
  readonly mostTrusted: number;
}

/**
 * Looks at what each port serves, and then at what the API server trusts: what is served must be trusted by then, in
 * every webhook, and valid.
 */
export function trustProbe(client: ApiClient, ports: readonly number[]): { stop(): Promise<TrustResult> } {
  const leaves = new Map<string, number>();
  const signers = new Set<string>();
  const failures: string[] = [];
  let [made, mostTrusted, stopped] = [0, 0, false];
  const look = async (port: number): Promise<void> => {
    const leaf = await leafOf(port);
    const now = Date.now();
    const bundles = await trusted(client);
    made++;
    leaves.set(leaf.serialNumber, Date.parse(leaf.validTo));
    signers.add(leaf.issuer);
    mostTrusted = Math.max(mostTrusted, ...bundles.map((cas) => cas.length));
    if (now < Date.parse(leaf.validFrom) || now >= Date.parse(leaf.validTo))
      failures.push(`${new Date(now).toISOString()} port ${port} serves until ${leaf.validTo}`);
    const trusts = (cas: readonly X509Certificate[]) =>
      cas.some((ca) => now < Date.parse(ca.validTo) && leaf.checkIssued(ca) && leaf.verify(ca.publicKey));
    if (!bundles.every(trusts)) failures.push(`${new Date(now).toISOString()} ${leaf.issuer} is not trusted`);
  };
  const all = (async () => {
    while (!stopped) {
      for (const port of ports)
        await look(port).catch((error: Error) => failures.push(`port ${port}: ${error.message}`));
      await sleep(50);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await all;
      return { made, failures, leaves, signers, mostTrusted };
    },
  };
}
