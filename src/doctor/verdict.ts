/** How a check ended for one thing that it looked at. */
export type Status = "ok" | "warning" | "problem" | "skipped";

/** What a check says of one thing. */
export interface Verdict {
  readonly status: Status;
  /** `kind/name`, or `kind/namespace/name`; undefined where it is the cluster as a whole. */
  readonly object: string | undefined;
  /** What was seen, as a clause without a full stop. */
  readonly message: string;
  /** What to do about a warning or a problem, as sentences. */
  readonly fix: string | undefined;
}

export const ok = (message: string, object?: string): Verdict => ({
  status: "ok",
  object,
  message,
  fix: undefined,
});

export const warning = (message: string, fix: string, object?: string): Verdict => ({
  status: "warning",
  object,
  message,
  fix,
});

export const problem = (message: string, fix: string, object?: string): Verdict => ({
  status: "problem",
  object,
  message,
  fix,
});

/** Nothing is known: neither that it is right nor that it is wrong. */
export const skipped = (message: string, object?: string): Verdict => ({
  status: "skipped",
  object,
  message,
  fix: undefined,
});

/** The findings or, where there are none, that all is well. */
export function orOk(verdicts: Iterable<Verdict>, message: string, object?: string): readonly Verdict[] {
  const found = [...verdicts];
  return found.length > 0 ? found : [ok(message, object)];
}
