import type { EngineContext } from "../admission/engine.ts";
import type { Connection } from "../cluster/live-connect.ts";
import type { LiveNamespaces, NamespaceLookup } from "../cluster/live-namespaces.ts";
import type { ClusterView } from "../cluster/view.ts";
import { type LabelsOf, NamespaceUnknown } from "../policy/labels.ts";
import { policyLabel } from "../policy/types.ts";
import { LivePolicy } from "../policy-file/live-policy.ts";
import type { LoadedPolicy } from "../policy-file/load.ts";
import type { Logger } from "../server/log.ts";
import { reporting } from "./follow.ts";
import type { Setup } from "./policy-source.ts";

/** A policy file that is followed, with the Namespaces whose labels it reads. */
export interface Policing {
  readonly live: LivePolicy;
  readonly namespaces: NamespaceLookup;
  readonly labelsOf: LabelsOf;
  stop(): Promise<void>;
}

/** Namespaces are followed from the first policy on that reads their labels: before, the right to do so is not needed. */
class NamespacesOnDemand implements NamespaceLookup {
  readonly #start: () => LiveNamespaces | undefined;
  #live: LiveNamespaces | undefined;

  constructor(start: () => LiveNamespaces | undefined) {
    this.#start = start;
  }

  need({ index }: LoadedPolicy): void {
    if (index.readsLabels) this.#live ??= this.#start();
  }

  readonly labelsOf: LabelsOf = (namespace) => {
    if (this.#live === undefined) throw new NamespaceUnknown(namespace);
    return this.#live.labelsOf(namespace);
  };

  labels: NamespaceLookup["labels"] = async (name, signal) => this.#live?.labels(name, signal);

  async stop(): Promise<void> {
    await this.#live?.stop();
  }
}

/** Begins to follow the policy file, if there is one; the log hears of every change. */
export function policing(
  { sources, config, policy: first }: Setup,
  connection: Connection | undefined,
  logger: Logger,
): Policing | undefined {
  if (first === undefined) return undefined;
  const { staleSeconds, relistSeconds } = config.cluster;
  const namespaces = new NamespacesOnDemand(() =>
    connection?.followNamespaces({ staleSeconds, relistSeconds, observer: reporting(logger, "namespaces") }),
  );
  const told = (policy: LoadedPolicy, message: string): void => {
    namespaces.need(policy);
    logger.info({ file: policy.file, policy: policyLabel(policy.index.policy) }, message);
  };
  told(first, "policy loaded");
  const live = new LivePolicy(first, {
    sources,
    pollMs: config.policy.pollSeconds * 1000,
    observer: {
      loaded: (policy) => told(policy, "policy loaded anew"),
      restored: (policy) => told(policy, "policy file is again the one in force"),
      refused: (problems) =>
        logger.error({ file: first.file, problems: problems.slice(0, 20) }, "policy file refused"),
    },
  });
  return {
    live,
    namespaces,
    labelsOf: namespaces.labelsOf,
    async stop() {
      live.stop();
      await namespaces.stop();
    },
  };
}

/**
 * What is decided by. Settings and policy are those of the moment: whoever copies the context has those of one
 * policy, whatever is loaded meanwhile.
 */
export function engineContext(
  { config }: Setup,
  cluster: ClusterView,
  policing: Policing | undefined,
): EngineContext {
  if (policing === undefined) return { settings: config.engine, cluster };
  const { live, labelsOf } = policing;
  return {
    cluster,
    get settings() {
      return live.current.config.engine;
    },
    get policy() {
      return { index: live.current.index, labelsOf, nowMs: Date.now() };
    },
  };
}
