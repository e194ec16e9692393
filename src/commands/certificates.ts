import type { Connection } from "../cluster/live-connect.ts";
import { podNamespace } from "../cluster/live-credentials.ts";
import type { CertificateOrigin, Config } from "../config/config.ts";
import type { Logger } from "../server/log.ts";
import { FolderSource, filesIn, localPairIn } from "../tls/folder-source.ts";
import { localFolder } from "../tls/local-pair.ts";
import { localHosts } from "../tls/mint.ts";
import { SelfManaged } from "../tls/self-managed.ts";
import type { CertificateSource, RenewalObserver } from "../tls/source.ts";
import { UsageError } from "./io.ts";

/** A source, and where it reads. */
export interface Certificates {
  readonly source: CertificateSource;
  /** The folder of the pair, where there is one. */
  readonly folder: string | undefined;
}

export interface Surroundings {
  readonly connection: Connection | undefined;
  readonly isPod: boolean;
  readonly logger: Logger;
}

/** Says the same failure once, however often it is tried again. */
function reporting(logger: Logger): RenewalObserver {
  const failing = new Map<string, string>();
  return ({ of, reason, outcome, detail, where }) => {
    const fields = {
      certificate: of,
      reason,
      detail,
      ...(where === undefined ? {} : { configuration: where }),
    };
    const key = where ?? of;
    if (outcome === "renewed") logger.info(fields, "certificate renewed");
    else if (outcome === "lost") logger.info(fields, "certificate was renewed by another replica");
    // What breaks off and is begun anew is seldom worth a call at night.
    else if (reason === "unread") logger.warn(fields, "certificate cannot be kept up; trying again");
    else if (failing.get(key) !== detail)
      logger.error(fields, "certificate cannot be renewed; the present one is served on");
    if (outcome === "failed") failing.set(key, detail);
    else failing.delete(key);
  };
}

/** Which source `auto` stands for. */
export function originOf({ tls, server }: Config, isPod: boolean): CertificateOrigin {
  if (tls.source !== "auto") return tls.source;
  if (!isPod) return "local";
  return server.certDir === undefined ? "self-managed" : "files";
}

function selfManaged({ tls }: Config, { connection, logger, isPod }: Surroundings): SelfManaged {
  if (connection === undefined)
    throw new UsageError("--tls-source self-managed keeps its CA in a cluster: name it with --kubeconfig");
  const namespace = tls.namespace ?? (isPod ? podNamespace() : undefined);
  if (namespace === undefined)
    throw new UsageError("--tls-source self-managed needs a namespace: name it with --tls-namespace");
  return new SelfManaged({
    client: connection.client,
    namespace,
    secretName: tls.secretName,
    configurationName: tls.configurationName,
    hosts: [`${tls.serviceName}.${namespace}.svc`, ...localHosts, ...tls.hosts],
    caMs: tls.caSeconds * 1000,
    leafMs: tls.leafSeconds * 1000,
    observe: reporting(logger),
  });
}

/** The source that the settings ask for. Rejects when it cannot be one. */
export async function certificatesFor(config: Config, surroundings: Surroundings): Promise<Certificates> {
  const origin = originOf(config, surroundings.isPod);
  if (origin === "self-managed") return { source: selfManaged(config, surroundings), folder: undefined };
  const folder = config.server.certDir ?? localFolder;
  const load = origin === "files" ? filesIn(folder) : localPairIn(folder);
  const source = await FolderSource.open({ dir: folder, load, observe: reporting(surroundings.logger) });
  return { source, folder };
}
