import { type Era, eraOf } from "../seldon/era.ts";
import { EntryIndex } from "./entry-index.ts";
import type { LabelsOf } from "./labels.ts";
import {
  type Check,
  type DefaultsEntry,
  type Exemption,
  type Labels,
  type Limits,
  type LimitsEntry,
  type Policy,
  type PolicySeverity,
  type RulesEntry,
  type Sourced,
  timeoutFields,
} from "./types.ts";

/** What a policy says about one namespace, each with the line that says it. */
export interface NamespacePolicy {
  /** By annotation. */
  readonly defaults: ReadonlyMap<string, Sourced<string>>;
  /** By rule id. */
  readonly severity: ReadonlyMap<string, Sourced<PolicySeverity>>;
  /** By rule id, or `*`. */
  readonly messages: ReadonlyMap<string, Sourced<string>>;
  readonly references: Sourced<"strict" | "relaxed"> | undefined;
  readonly limits: Limits;
  /** In the order of the file. */
  readonly checks: readonly Check[];
  readonly exemptions: readonly Exemption[];
}

interface Kept {
  readonly resolved: NamespacePolicy;
  /** The labels that it was resolved by; undefined: none were asked for. Others are other objects. */
  readonly labels: Labels | undefined;
}

/** More namespaces than this are not kept resolved; the API server's own limit is far above a usual cluster. */
const maxKept = 10_000;

/** A policy, ready to be asked about namespaces. */
export class PolicyIndex {
  readonly policy: Policy;
  readonly #operatorVersion: string;
  readonly #defaults: EntryIndex<DefaultsEntry>;
  readonly #rules: EntryIndex<RulesEntry>;
  readonly #limits: EntryIndex<LimitsEntry>;
  readonly #checks: EntryIndex<Check>;
  readonly #exemptions: EntryIndex<Exemption>;
  /** By the operator's release, which decides the names of some annotations, and by namespace. */
  readonly #kept = new Map<string, Map<string, Kept>>();
  /** Whether some answer depends on the labels of a namespace. */
  readonly readsLabels: boolean;

  /** `operatorVersion`: the release of Seldon's operator where nobody names another. */
  constructor(policy: Policy, operatorVersion: string) {
    this.policy = policy;
    this.#operatorVersion = operatorVersion;
    this.#defaults = new EntryIndex(policy.defaults);
    this.#rules = new EntryIndex(policy.rules);
    this.#limits = new EntryIndex(policy.limits);
    this.#checks = new EntryIndex(policy.checks);
    this.#exemptions = new EntryIndex(policy.exemptions);
    const { defaults, rules, limits, checks, exemptions } = policy;
    const entries = [...defaults, ...rules, ...limits, ...checks, ...exemptions];
    this.readsLabels =
      entries.some(({ selector }) => selector.labels !== undefined) ||
      checks.some(({ reads }) => reads.has("namespaceObject"));
  }

  /**
   * What holds in a namespace: for each annotation, rule and limit, what the most specific entry says that mentions it.
   * Throws NamespaceUnknown where labels decide and are not known.
   */
  forNamespace(
    namespace: string,
    labelsOf: LabelsOf,
    operatorVersion: string = this.#operatorVersion,
  ): NamespacePolicy {
    const ofRelease = this.#keptFor(operatorVersion);
    const kept = ofRelease.get(namespace);
    if (kept && (kept.labels === undefined || labelsOf(namespace) === kept.labels)) return kept.resolved;
    let labels: Labels | undefined;
    const known: LabelsOf = (name) => {
      labels = labelsOf(name);
      return labels;
    };
    const resolved = this.#resolve(namespace, known, eraOf(operatorVersion));
    if (ofRelease.size >= maxKept) ofRelease.clear();
    ofRelease.set(namespace, { resolved, labels });
    return resolved;
  }

  #keptFor(operatorVersion: string): Map<string, Kept> {
    const known = this.#kept.get(operatorVersion);
    if (known !== undefined) return known;
    const empty = new Map<string, Kept>();
    this.#kept.set(operatorVersion, empty);
    return empty;
  }

  #resolve(namespace: string, labelsOf: LabelsOf, era: Era): NamespacePolicy {
    const rules = this.#rules.for(namespace, labelsOf);
    const checks = new Set(this.#checks.for(namespace, labelsOf));
    return {
      defaults: new Map(
        this.#defaults
          .for(namespace, labelsOf)
          .flatMap(({ annotations }) => [...annotations].map(([key, value]) => [nameIn(era, key), value])),
      ),
      severity: new Map(rules.flatMap(({ severity }) => [...severity])),
      messages: new Map(rules.flatMap(({ messages }) => [...messages])),
      references: rules.findLast(({ references }) => references !== undefined)?.references,
      limits: Object.assign({}, ...this.#limits.for(namespace, labelsOf).map(({ limits }) => limits)),
      checks: this.policy.checks.filter((check) => checks.has(check)),
      exemptions: this.#exemptions.for(namespace, labelsOf),
    };
  }
}

/** The annotation that an operator reads. */
function nameIn({ timeoutAnnotations: { rest, grpc } }: Era, key: string): string {
  if (key === timeoutFields.rest) return rest;
  return key === timeoutFields.grpc ? grpc : key;
}

/** A policy at work: with what it must know of the world at this moment. */
export interface PolicyContext {
  readonly index: PolicyIndex;
  readonly labelsOf: LabelsOf;
  /** In milliseconds since 1970. */
  readonly nowMs: number;
}

/**
 * What holds in a namespace; undefined without a policy. Some defaults have the names that the operator of this
 * release reads; left out, that of the general settings.
 */
export const policyFor = (
  context: PolicyContext | undefined,
  namespace: string,
  operatorVersion?: string,
): NamespacePolicy | undefined => context?.index.forNamespace(namespace, context.labelsOf, operatorVersion);
