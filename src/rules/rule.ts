import type { ClusterKind } from "../cluster/view.ts";
import type { Finding, Severity } from "../diagnostics/finding.ts";

export type Topic =
  | "structure"
  | "traffic"
  | "shadow"
  | "names"
  | "annotations"
  | "references"
  | "custom-config"
  | "injected";

/** One thing that a SeldonDeployment must satisfy. A rule is synchronous, total and never writes. */
export interface Rule {
  /** Kebab-case, equal to the file name; retired ids are never reused. */
  readonly id: string;
  readonly topic: Topic;
  readonly severity: Severity;
  /** Sentences, each ending in a full stop. `fix` ends every message of the rule. */
  readonly docs: { readonly what: string; readonly why: string; readonly fix: string };
  /** Kinds looked up in the cluster. */
  readonly reads: readonly ClusterKind[];
  check(input: RuleInput): Iterable<Finding>;
}

// biome-ignore lint/suspicious/noEmptyInterface: filled in with the engine
export interface RuleInput {}
