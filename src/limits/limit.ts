import type { EngineSettings } from "../config/settings.ts";
import type { Finding } from "../diagnostics/finding.ts";
import type { Subject } from "../mapping/subject.ts";
import type { MappingFields } from "../mapping/types.ts";
import type { Labels, Limits, Sourced } from "../policy/types.ts";
import type { RuleInput } from "../rules/rule.ts";

/** What limits look at: one deployment with the limits of its namespace. */
export interface LimitInput extends Subject, Pick<RuleInput, "operation" | "previous"> {
  readonly settings: EngineSettings;
  readonly limits: Limits;
  readonly references: Sourced<"strict" | "relaxed"> | undefined;
  /** Whether a deployment beside this one answers the requests of a Mapping; no, where that cannot be asked. */
  readonly isAnswered: (fields: MappingFields) => boolean;
  /** Undefined where the object is known by its routing fields only: nothing can be said of its labels then. */
  readonly labels: Labels | undefined;
}

/** Something that a policy may bound. Synchronous, total, never writes; silent where the limit is not set. */
export interface Limit {
  /** `limits/` and the name of its file, whose folder has those about the same thing; never reused. */
  readonly id: string;
  readonly severity: "error";
  /** Sentences, as those of rules. `fix` ends every message. */
  readonly docs: { readonly what: string; readonly why: string; readonly fix: string };
  check(input: LimitInput): Iterable<Finding>;
}
