import type { Reference } from "../cluster/deployment-calls.ts";
import { targetName } from "../cluster/deployment-index.ts";
import type { Change } from "../cluster/live-store.ts";
import { isSameState } from "../cluster/projection.ts";
import type { ClusterView } from "../cluster/view.ts";
import { type EngineSettings, settingsFor } from "../config/settings.ts";
import { customTexts } from "../mapping/configuration.ts";
import { mappingsOf, parseConfiguration } from "../mapping/custom.ts";
import { eraOf } from "../seldon/era.ts";
import { readRouting } from "../seldon/routing.ts";
import type { SeldonDeployment } from "../seldon/types.ts";

/** A deployment whose text may have to be another one now. */
export interface Affected extends Reference {
  /** What changed is this one; else one that it depends on. */
  readonly isItself: boolean;
}

/** A prefix of which the owner is known: `/seldon/namespace/name/`. */
const ownedPrefix = /^\/seldon\/([^/]+)\/([^/]+)\/$/;

/**
 * The deployments whose text depends on what changed: shadows only, because they repeat headers and circuit breakers
 * of the route that they copy. That route is the target's own, one of a deployment that is attached to the same target,
 * or one of an author's text. What costs nothing to find is not looked at closely here: some need no other text.
 */
export function* affectedBy(
  { before, after }: Change,
  settings: EngineSettings,
  cluster: ClusterView,
): Iterable<Affected> {
  if (before !== undefined && after !== undefined && isSameState(before, after)) return;
  const self = after ?? before;
  const rehosted = isRehosted({ before, after }, settings);
  if (self?.name !== undefined && isShadow(self, settings))
    yield { namespace: self.namespace, name: self.name, isItself: true };
  for (const host of hosts([before, after], settings))
    for (const guest of cluster.attachedTo(host.namespace, host.name)) {
      const { namespace, name } = guest;
      const isSelf = name === self?.name && namespace === self?.namespace;
      if (name !== undefined && !isSelf && (rehosted || isShadow(guest, settings)))
        yield { namespace, name, isItself: false };
    }
}

/** The targets whose guests may copy a route of these states. */
function* hosts(
  states: readonly (SeldonDeployment | undefined)[],
  settings: EngineSettings,
): Iterable<Reference> {
  for (const state of states) {
    if (state?.name === undefined) continue;
    const { namespace, name } = state;
    yield { namespace, name };
    const target = attachment(state);
    // Nobody copies a shadow.
    if (target !== undefined && !isShadow(state, settings)) yield { namespace, name: target };
    yield* customHosts(state);
  }
}

function* customHosts(deployment: SeldonDeployment): Iterable<Reference> {
  for (const { text } of customTexts(deployment))
    for (const { prefix } of mappingsOf(parseConfiguration(text))) {
      const [, namespace, name] = ownedPrefix.exec(String(prefix)) ?? [];
      if (namespace !== undefined && name !== undefined) yield { namespace, name };
    }
}

/** The target that a deployment is attached to, if it is to another one. */
function attachment(deployment: SeldonDeployment): string | undefined {
  const target = targetName(deployment);
  return target === deployment.name ? undefined : target;
}

function isShadow(deployment: SeldonDeployment, settings: EngineSettings): boolean {
  if (attachment(deployment) === undefined) return false;
  const { operatorVersion } = settingsFor(settings, deployment).seldon;
  return readRouting(deployment, eraOf(operatorVersion)).shadow;
}

/** Whether another operator takes it now, with another host or no gRPC: all that are attached to it go by that. */
function isRehosted({ before, after }: Change, settings: EngineSettings): boolean {
  if (settings.operators === undefined || before === undefined || after === undefined) return false;
  const [was, is] = [settingsFor(settings, before).ambassador, settingsFor(settings, after).ambassador];
  return was.hostname !== is.hostname || was.grpc !== is.grpc;
}
