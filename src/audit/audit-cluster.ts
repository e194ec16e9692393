import { judgeStored } from "../admission/stored.ts";
import type { Census } from "../cluster/census.ts";
import { identityOf } from "../cluster/projection.ts";
import type { EngineSettings } from "../config/settings.ts";
import type { PolicyContext } from "../policy/policy-index.ts";
import { type Audit, type AuditedObject, audited } from "./audited.ts";

/** Which deployments of a census are judged, and how. */
export interface ClusterAuditOptions {
  readonly settings: EngineSettings;
  readonly policy?: PolicyContext | undefined;
  readonly namespace: string | undefined;
  readonly signal: AbortSignal;
}

/** Judges deployments of a cluster as they are stored, page by page, all others being known by the census. */
export async function auditCluster(census: Census, options: ClusterAuditOptions): Promise<Audit> {
  const { settings, policy, namespace, signal } = options;
  const context = { settings, policy, cluster: census.store.view };
  const objects: AuditedObject[] = [];
  let count = 0;
  for await (const { items } of census.pages({ namespace }, signal)) {
    for (const raw of items) {
      const identity = identityOf(raw);
      if (identity === undefined) continue;
      count++;
      const { reports } = judgeStored(raw, identity.namespace, context);
      objects.push(...audited({ namespace: identity.namespace, name: identity.name, reports }));
    }
  }
  return { audited: count, objects };
}
