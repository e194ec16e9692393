import { type FieldPath, formatFieldPath } from "./field-path.ts";
import type { CauseType, Report } from "./finding.ts";

/** The leads of k8s.io/apimachinery's field errors, so that ours read like those beside them. */
const leads: Record<CauseType, string> = {
  FieldValueInvalid: "Invalid value",
  FieldValueRequired: "Required value",
  FieldValueDuplicate: "Duplicate value",
  FieldValueNotFound: "Not found",
  FieldValueNotSupported: "Unsupported value",
  FieldValueForbidden: "Forbidden",
  FieldValueTooLong: "Too long",
};

const maxValueLength = 120;

/** Messages quote names and expressions of the author's, which know no bounds. */
const maxMessageLength = 400;

const shorten = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;

/** What authors wrote may not break a line of a log or reach a terminal as a command. */
export const oneLine = (text: string): string => text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");

/** A field as an error shows it. */
export const fieldOf = (path: FieldPath): string => oneLine(formatFieldPath(path));

/** A value as an error shows it: scalars as JSON, cut at 120 characters; objects and lists by kind only. */
export function formatValue(value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return "[…]";
  if (typeof value === "object" && value !== null) return "{…}";
  if (typeof value !== "string") return String(value);
  const text = JSON.stringify(shorten(value, maxValueLength).toWellFormed());
  return text.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What is wrong, without the field: `Invalid value: 60: the live predictors total 110, not 100`. */
export function describe({ finding }: Report): string {
  const shown = finding.type === "FieldValueRequired" ? "" : formatValue(finding.value);
  const message = shorten(oneLine(finding.message), maxMessageLength);
  return [leads[finding.type], shown, message].filter((part) => part !== "").join(": ");
}

/** The whole cause. kubectl prints nothing but `field: message` of an Invalid status, so it stands alone. */
export const causeMessage = (report: Report): string => `${describe(report)}. ${report.fix} [${report.rule}]`;

/** Annotation keys are unique enough to stand without the map that holds them. */
const shortPath = (path: FieldPath): string =>
  path.at(-2) === "annotations" ? String(path.at(-1)) : formatFieldPath(path);

const maxWarningLength = 120;

/** So much of a path is always shown: `…ambassador-config`. */
const minPathLength = 18;

/** A path's end says more than its beginning. */
const shortenFront = (text: string, length: number): string =>
  text.length <= length ? text : `…${text.slice(text.length - length + 1).toWellFormed()}`;

/**
 * An admission warning: one line of at most 120 characters without control characters, the limit that
 * Kubernetes asks for (https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response).
 * Where it is too long, the path gives way before the message does.
 */
export function warningLine({ rule, finding }: Report): string {
  const suffix = ` [${rule}]`;
  const message = oneLine(finding.message);
  const room = maxWarningLength - suffix.length;
  const path = shortenFront(
    oneLine(shortPath(finding.path)),
    Math.max(minPathLength, room - message.length - 2),
  );
  return `${shorten(`${path}: ${message}`, room)}${suffix}`;
}
