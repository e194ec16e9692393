import { createHash, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { hostname } from "node:os";
import type { ApiClient } from "../cluster/live-client.ts";
import type { Logger } from "../server/log.ts";
import type { ServingPair } from "../tls/source.ts";
import { UsageError } from "./io.ts";
import {
  type Registration,
  type WebhookConfiguration,
  webhookConfigurations,
} from "./webhook-configurations.ts";

/** Removal is worth waiting for: what stays behind denies every write in the cluster. */
const callMs = 10_000;

const api = "/apis/admissionregistration.k8s.io/v1";
const fieldManager = "seldon-ambassador-webhook-serve";

const pathOf = ({ kind, metadata }: WebhookConfiguration): string =>
  `${api}/${kind.toLowerCase()}s/${metadata.name}`;

const labelOf = ({ kind, metadata }: WebhookConfiguration): string =>
  `${kind.toLowerCase()}/${metadata.name}`;

/** The same for the same machine and address, so that the next run replaces what a killed one left. */
const nameOf = (url: string): string => {
  const digest = createHash("sha256").update(`${hostname()} ${url}`).digest("hex").slice(0, 8);
  return `seldon-ambassador-webhook-local-${digest}`;
};

function urlOf(given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isBare = url?.pathname === "/" && url.search + url.hash + url.username + url.password === "";
  if (url?.protocol !== "https:" || !isBare)
    throw new UsageError(`--register ${given}: must be like https://localhost:8443, without a path`);
  return url;
}

/** What `--register URL` writes. Throws UsageError when an API server could not call it by this pair. */
export function registrationFor(given: string, pair: ServingPair | undefined): Registration {
  const url = urlOf(given);
  if (pair === undefined)
    throw new UsageError(
      "--register goes with the certificate of a folder, not with --tls-source self-managed",
    );
  const { ca, cert } = pair;
  if (ca === undefined)
    throw new UsageError("--register: there is no ca.crt beside the certificate, so nobody could trust it");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const leaf = new X509Certificate(cert);
  if ((isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host)) === undefined)
    throw new UsageError(
      `--register ${given}: the certificate does not name ${host}; make one that does: seldon-ambassador-webhook certs --host ${host}`,
    );
  return { name: nameOf(url.origin), url: url.origin, ca };
}

/** Writes both configurations, the one that mutates first. */
export async function register(client: ApiClient, registration: Registration, logger: Logger): Promise<void> {
  for (const configuration of webhookConfigurations(registration)) {
    const call = { method: "PATCH", contentType: "application/apply-patch+yaml", body: configuration };
    const path = `${pathOf(configuration)}?fieldManager=${fieldManager}&force=true`;
    await client.json(path, { ...call, signal: AbortSignal.timeout(callMs) }).catch((error: Error) => {
      throw new UsageError(`--register: ${labelOf(configuration)} could not be written: ${error.message}`);
    });
    logger.info({ configuration: labelOf(configuration), url: registration.url }, "webhook registered");
  }
}

/** Takes both away again, the one that denies first; says how to do it by hand where it fails. */
export async function unregister(
  client: ApiClient,
  registration: Registration,
  logger: Logger,
): Promise<void> {
  for (const configuration of webhookConfigurations(registration).toReversed()) {
    const label = labelOf(configuration);
    try {
      await client.json(pathOf(configuration), { method: "DELETE", signal: AbortSignal.timeout(callMs) });
      logger.info({ configuration: label }, "webhook no longer registered");
    } catch (err) {
      if ((err as { reason?: unknown }).reason === "missing") continue;
      logger.error({ err, remedy: `kubectl delete ${label}` }, "webhook is still registered");
    }
  }
}
