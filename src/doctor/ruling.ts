import type { EngineContext } from "../admission/engine.ts";
import type { EngineSettings } from "../config/settings.ts";
import { type LabelsOf, labelsIn, NamespaceUnknown } from "../policy/labels.ts";
import type { PolicyIndex } from "../policy/policy-index.ts";
import { type Fetched, valueIn } from "./fetched.ts";
import type { Namespace } from "./kubernetes.ts";

/** What a webhook decides by. */
export interface Ruling {
  readonly engine: EngineSettings;
  /** Undefined where it has none. */
  readonly policy?: PolicyIndex | undefined;
}

/** What a policy must know of the world. */
export interface World {
  readonly labelsOf: LabelsOf;
  readonly now: Date;
}

export type Engine = Pick<EngineContext, "settings" | "policy">;

/** A ruling, ready to be asked. What asks it throws NamespaceUnknown where the policy reads labels that are not known. */
export const engineOf = ({ engine, policy }: Ruling, { labelsOf, now }: World): Engine => ({
  settings: engine,
  policy: policy && { index: policy, labelsOf, nowMs: now.getTime() },
});

/** The labels of the namespaces that could be read. */
export function labelsAmong(namespaces: Fetched<readonly Namespace[]>): LabelsOf {
  const known = new Map(
    (valueIn(namespaces) ?? []).map(({ metadata }) => [metadata?.name ?? "", labelsIn(metadata)]),
  );
  return (namespace) => {
    const labels = known.get(namespace);
    if (labels === undefined) throw new NamespaceUnknown(namespace);
    return labels;
  };
}
