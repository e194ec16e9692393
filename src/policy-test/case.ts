import type { AdmissionRequest } from "../admission/types.ts";
import type { Labels } from "../policy/types.ts";
import type { Place } from "../policy-file/parse.ts";
import type { SeldonDeployment } from "../seldon/types.ts";

/** What must come of a case. */
export interface Expectation {
  readonly allowed: boolean;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** Others may be found as well. */
  readonly atLeast: boolean;
  readonly messages: readonly string[];
  /** Part of the reason of an exemption that must be used. */
  readonly exemption: string | undefined;
  /** After the mutation; null: it must not be there. */
  readonly annotations: ReadonlyMap<string, string | null>;
  readonly patched: unknown;
}

/** A write or deletion, the world that it meets, and what must come of it. */
export interface Case {
  readonly name: string;
  /** Where the case is written. */
  readonly place: Place;
  readonly request: AdmissionRequest;
  /** The SeldonDeployments that exist, the one that is changed or deleted among them. */
  readonly existing: readonly SeldonDeployment[];
  /** By namespace; of others the labels are not known. */
  readonly labels: ReadonlyMap<string, Labels>;
  /** In milliseconds since 1970; undefined: the time of the run. */
  readonly nowMs: number | undefined;
  readonly expect: Expectation;
}
