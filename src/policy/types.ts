import type { VariableName } from "../checks/variables.ts";
import type { CheckPrograms } from "../checks/verdict.ts";
import type { FieldPath } from "../diagnostics/field-path.ts";
import type { Severity } from "../diagnostics/finding.ts";
import type { Requirement } from "./requirement.ts";

/** How a rule's findings are answered where a policy says so. */
export type PolicySeverity = Severity | "off";

/** A value, and the line of the policy file that says it. */
export interface Sourced<T> {
  readonly value: T;
  readonly line: number;
}

/** One requirement of a label selector, as Kubernetes defines it. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values: readonly string[];
}

/** All requirements must hold; `matchLabels` is kept as requirements with the operator In. */
export type LabelSelector = readonly LabelRequirement[];

export type Labels = ReadonlyMap<string, string>;

/** Which namespaces an entry is for: both parts must match; without either it is for all. */
export interface NamespaceSelector {
  /** Names, and globs in which `*` stands for any characters. */
  readonly namespaces?: readonly string[] | undefined;
  readonly labels?: LabelSelector | undefined;
}

/** What all entries of a list have in common. */
export interface PolicyEntry {
  readonly selector: NamespaceSelector;
  /** Where the entry begins. */
  readonly line: number;
}

/** Stand for an annotation whose name depends on the operator's release. */
export const timeoutFields = { rest: "restTimeout", grpc: "grpcTimeout" } as const;

export interface DefaultsEntry extends PolicyEntry {
  /** By annotation, or by one of `timeoutFields`. */
  readonly annotations: ReadonlyMap<string, Sourced<string>>;
}

export interface RulesEntry extends PolicyEntry {
  /** By rule id. */
  readonly severity: ReadonlyMap<string, Sourced<PolicySeverity>>;
  /** By rule id, or `*` for all. */
  readonly messages: ReadonlyMap<string, Sourced<string>>;
  readonly references: Sourced<"strict" | "relaxed"> | undefined;
}

/** What an entry of limits may say, by the path of its field. */
export interface LimitValues {
  /** Globs, as in the two below. */
  readonly "ambassadorIds.known": readonly string[];
  readonly "ambassadorIds.allowed": readonly string[];
  readonly "ambassadorIds.required": readonly string[];
  /** Milliseconds, as in the three below. */
  readonly "restTimeout.min": number;
  readonly "restTimeout.max": number;
  readonly "grpcTimeout.min": number;
  readonly "grpcTimeout.max": number;
  readonly "retries.min": number;
  readonly "retries.max": number;
  /** Points of a hundred. */
  readonly "canary.maxStep": number;
  /** Percent. */
  readonly "canary.maxFirstShare": number;
  readonly requiredLabels: readonly Requirement[];
  readonly requiredAnnotations: readonly Requirement[];
  /** Globs; without any, no document may be of the author's own. */
  readonly "customConfig.kinds": readonly string[];
  /** Globs in which `{namespace}` stands for the deployment's own, as in the two below. */
  readonly "customConfig.prefixes": readonly string[];
  readonly "customConfig.externalServices": readonly string[];
  readonly "customConfig.hosts": readonly string[];
}

export type LimitField = keyof LimitValues;

/** The limits that are set, by field. */
export type Limits = { readonly [Field in LimitField]?: Sourced<LimitValues[Field]> };

export interface LimitsEntry extends PolicyEntry {
  readonly limits: Limits;
}

/** Before the name of a check in its id. */
export const checkPrefix = "checks/";

/** A rule of the policy's own, with its compiled expressions. */
export interface Check extends PolicyEntry {
  /** `checkPrefix` and its name. */
  readonly id: string;
  readonly severity: Severity;
  /** As it is written. */
  readonly expression: string;
  readonly programs: CheckPrograms;
  /** What any of its expressions reads. */
  readonly reads: ReadonlySet<VariableName>;
  /** Where messageExpression gives none. */
  readonly message: string;
  /** A sentence that ends its messages. */
  readonly fix: string;
  /** The field that its findings point at. */
  readonly path: FieldPath;
}

/** Who is meant. An empty list names nobody. */
export interface Subjects {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  /** `namespace/name` */
  readonly serviceAccounts: readonly string[];
}

export interface Exemption extends PolicyEntry {
  readonly reason: string;
  /** In milliseconds since 1970; undefined: never. */
  readonly expiresMs: number | undefined;
  /** Undefined: whoever it is. */
  readonly subjects: Subjects | undefined;
  /** Labels of the object itself. */
  readonly objectLabels: LabelSelector | undefined;
  /** Undefined: all rules. */
  readonly rules: ReadonlySet<string> | undefined;
}

/** One of several operators of a cluster, and what the policy says of it. */
export interface OperatorPolicy {
  /** Its CONTROLLER_ID; undefined: it has none. */
  readonly controllerId: string | undefined;
  /** Those that operators of these settings watch, one each; undefined: it watches all that no other one does. */
  readonly namespaces: readonly string[] | undefined;
  readonly line: number;
  /** By the path of the setting. */
  readonly settings: ReadonlyMap<string, Sourced<unknown>>;
}

/** A policy file that was read and found sound. */
export interface Policy {
  /** metadata.name, or empty. */
  readonly name: string;
  /** The first 12 hexadecimal digits of the text's SHA-256. */
  readonly digest: string;
  readonly defaults: readonly DefaultsEntry[];
  readonly rules: readonly RulesEntry[];
  readonly limits: readonly LimitsEntry[];
  readonly checks: readonly Check[];
  readonly exemptions: readonly Exemption[];
  readonly operators: readonly OperatorPolicy[];
  /** Whose break-glass annotation counts. */
  readonly breakGlass: (Subjects & { readonly line: number }) | undefined;
}

/** As it is named in logs and audit events: `small-team@3f2a90c1d4e5`. */
export const policyLabel = ({ name, digest }: Pick<Policy, "name" | "digest">): string =>
  name === "" ? digest : `${name}@${digest}`;
