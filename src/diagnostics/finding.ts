import type { FieldPath } from "./field-path.ts";

/** The reasons that Kubernetes gives in `status.details.causes`. */
export type CauseType =
  | "FieldValueInvalid"
  | "FieldValueRequired"
  | "FieldValueDuplicate"
  | "FieldValueNotFound"
  | "FieldValueNotSupported"
  | "FieldValueForbidden"
  | "FieldValueTooLong";

export type Severity = "error" | "warning";

/** One mistake of the author. `message` is a clause without a full stop; `fix` replaces the rule's own. */
export interface Finding {
  readonly type: CauseType;
  readonly path: FieldPath;
  readonly value: unknown;
  readonly message: string;
  readonly fix?: string;
  /** Softens one finding of a rule whose severity is "error". */
  readonly severity?: "warning";
}

type Extra = Pick<Finding, "fix" | "severity">;

const constructorOf =
  (type: CauseType) =>
  (path: FieldPath, value: unknown, message: string, extra: Extra = {}): Finding => ({
    type,
    path,
    value,
    message,
    ...extra,
  });

export const invalid = constructorOf("FieldValueInvalid");
export const duplicate = constructorOf("FieldValueDuplicate");
export const notFound = constructorOf("FieldValueNotFound");
export const unsupported = constructorOf("FieldValueNotSupported");
export const forbidden = constructorOf("FieldValueForbidden");
export const tooLong = constructorOf("FieldValueTooLong");
export const required = (path: FieldPath, message: string, extra: Extra = {}): Finding => ({
  type: "FieldValueRequired",
  path,
  value: undefined,
  message,
  ...extra,
});

/** A finding with the rule that made it and the severity that it has for this request. */
export interface Report {
  readonly rule: string;
  readonly severity: Severity;
  readonly finding: Finding;
  readonly fix: string;
}
