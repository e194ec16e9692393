import type { EngineContext } from "../admission/engine.ts";
import type { NamespaceLookup } from "../cluster/live-namespaces.ts";
import { NamespaceUnknown } from "../policy/labels.ts";
import { policyFor } from "../policy/policy-index.ts";

/** Whether the labels of a namespace are needed and the view does not have them. */
function lacksLabels({ policy }: EngineContext, namespace: string): boolean {
  if (!policy?.index.readsLabels) return false;
  try {
    policyFor(policy, namespace);
    return false;
  } catch (error) {
    if (error instanceof NamespaceUnknown) return true;
    throw error;
  }
}

/**
 * The context with the labels of a namespace, asked for past the view where that does not know them. Rejects where
 * nobody can tell, also when there is nobody to ask.
 */
export async function withNamespace(
  context: EngineContext,
  namespace: string,
  lookup: NamespaceLookup | undefined,
  signal: () => AbortSignal,
): Promise<EngineContext> {
  const { policy } = context;
  if (policy === undefined || !lacksLabels(context, namespace)) return context;
  const labels = await lookup?.labels(namespace, signal());
  if (labels === undefined) throw new NamespaceUnknown(namespace);
  return { ...context, policy: { ...policy, labelsOf: () => labels } };
}
