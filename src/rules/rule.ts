import type { ClusterKind, ClusterView } from "../cluster/view.ts";
import type { EngineSettings } from "../config/settings.ts";
import type { Finding, Severity } from "../diagnostics/finding.ts";
import type { Injection } from "../mapping/injection.ts";
import type { Subject } from "../mapping/subject.ts";
import type { Neighbours } from "../routes/neighbours.ts";

export type Topic =
  | "structure"
  | "traffic"
  | "shadow"
  | "names"
  | "annotations"
  | "references"
  | "routes"
  | "custom-config"
  | "injected";

interface RuleBase {
  /** Kebab-case, equal to the file name and the test folder; retired ids are never reused. */
  readonly id: string;
  readonly topic: Topic;
  readonly severity: Severity;
  /** Sentences, each ending in a full stop. `fix` ends every message of the rule. */
  readonly docs: { readonly what: string; readonly why: string; readonly fix: string };
  /** Kinds looked up in the cluster. */
  readonly reads: readonly ClusterKind[];
}

export interface RuleInput extends Subject {
  readonly settings: EngineSettings;
  readonly cluster: ClusterView;
  /** Looked up once, and only when a rule asks. */
  readonly neighbours: () => Neighbours;
  readonly operation: "CREATE" | "UPDATE";
  /** The object as it was before an update, if it could be read. */
  readonly previous?: Subject | undefined;
  /** The raw object as the author wrote it, where that is known: before the mutating webhook. */
  readonly written?: unknown;
  /** Nothing will be stored: tools dry-run objects that refer to each other before any of them exists. */
  readonly dryRun: boolean;
}

/** Judged first, on what could not be read; with findings here nothing else is judged. */
export interface DecodingRule extends RuleBase {
  readonly stage: "decoding";
  check(unreadable: readonly Finding[]): Iterable<Finding>;
}

/** One thing that a SeldonDeployment must satisfy. A rule is synchronous, total and never writes. */
export interface ObjectRule extends RuleBase {
  readonly stage?: undefined;
  check(input: RuleInput): Iterable<Finding>;
}

/** Judged last and only if no other rule found an error: on the configuration that is to be injected. */
export interface InjectionRule extends RuleBase {
  readonly stage: "injection";
  check(input: RuleInput & { readonly injection: Injection }): Iterable<Finding>;
}

/** Judged when a deployment is deleted, on what it leaves behind. */
export interface DeletionRule extends RuleBase {
  readonly stage: "deletion";
  check(input: Pick<RuleInput, keyof Subject | "settings" | "cluster">): Iterable<Finding>;
}

export type Rule = DeletionRule | DecodingRule | ObjectRule | InjectionRule;
