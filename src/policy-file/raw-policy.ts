import type { Severity } from "../diagnostics/finding.ts";
import type { PolicySeverity } from "../policy/types.ts";

/** A policy as it is written, once the schema has found it sound. */
export interface RawPolicy {
  readonly metadata?: { readonly name?: string };
  readonly defaults?: readonly RawDefaults[];
  readonly rules?: readonly RawRules[];
  readonly limits?: readonly RawLimits[];
  readonly checks?: readonly RawCheck[];
  readonly exemptions?: readonly RawExemption[];
  readonly breakGlass?: RawSubjects;
  readonly operators?: readonly RawOperator[];
}

/** Besides these, the sections of the engine's settings. */
export interface RawOperator {
  readonly controllerId?: string;
  readonly namespaces?: readonly string[];
  readonly [section: string]: unknown;
}

export interface RawLabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
    readonly values?: readonly string[];
  }[];
}

export interface RawSelector {
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: RawLabelSelector;
}

export interface RawDefaults extends RawSelector {
  readonly ambassadorId?: string;
  readonly restTimeout?: number;
  readonly grpcTimeout?: number;
  readonly retries?: number;
  readonly circuitBreakers?: Readonly<Record<string, number>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RawRules extends RawSelector {
  readonly severity?: Readonly<Record<string, PolicySeverity>>;
  readonly locked?: readonly string[];
  readonly references?: "strict" | "relaxed";
  readonly messages?: Readonly<Record<string, string>>;
}

/** Timeouts are in milliseconds. */
export interface RawRange {
  readonly min?: number;
  readonly max?: number;
}

export interface RawRequirement {
  readonly key: string;
  readonly pattern?: string;
}

export interface RawLimits extends RawSelector {
  readonly ambassadorIds?: {
    readonly known?: readonly string[];
    readonly allowed?: readonly string[];
    readonly required?: readonly string[];
  };
  readonly restTimeout?: RawRange;
  readonly grpcTimeout?: RawRange;
  readonly retries?: RawRange;
  readonly canary?: { readonly maxStep?: number; readonly maxFirstShare?: number };
  readonly requiredLabels?: readonly RawRequirement[];
  readonly requiredAnnotations?: readonly RawRequirement[];
  readonly customConfig?: {
    readonly kinds?: readonly string[];
    readonly prefixes?: readonly string[];
    readonly externalServices?: readonly string[];
    readonly hosts?: readonly string[];
  };
}

export interface RawCheck extends RawSelector {
  readonly name: string;
  readonly when?: string;
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly field?: string;
  readonly fix?: string;
  readonly severity?: Severity;
}

export interface RawSubjects {
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  readonly serviceAccounts?: readonly string[];
}

export interface RawExemption extends RawSelector, RawSubjects {
  readonly reason: string;
  readonly expires?: string;
  readonly objectSelector?: RawLabelSelector;
  readonly rules?: readonly string[];
}
