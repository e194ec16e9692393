import { RE2JS } from "re2js";
import { re2SizeBound } from "./re2-size.ts";

/** A condition on one request header. Without a value the header must only be present. */
export interface HeaderMatch {
  readonly name: string;
  readonly value: string | undefined;
}

export type Parsed<T> = { readonly value: T; readonly problem?: undefined } | { readonly problem: string };

/** RFC 9110, section 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** A YAML key ends at 1,024 characters, and four of them may stand for one of the name. */
const maxNameLength = 255;

/** All headers of a request that Envoy reads, together: its max_request_headers_kb is 60 unless configured. */
const maxValueLength = 60 * 1024;

/** Headers by which gRPC calls find their deployment; a condition on them would replace that. */
const reserved = new Set(["seldon", "namespace"]);

/**
 * What Ambassador takes for a variable of its pod's environment. Since 2.0 it replaces them in the snapshot that
 * it has parsed already (fetcher.py, parse_watt), so no way of quoting a `$` in YAML protects it.
 */
const variable = /\$(?:\w+|\{[^}]*\}?)/;

/** The first `$NAME` or `${NAME}` in a text. */
export const variableIn = (text: string): string | undefined => variable.exec(text)?.[0];

/** What is wrong with a text that holds `$NAME`, or undefined. */
export const variableProblem = (text: string): string | undefined =>
  variable.test(text) ? "Ambassador would replace the $NAME in it from its environment" : undefined;

/** Splits `name: value` at the first colon, since values may hold colons themselves. */
export function parseHeader(text: string): Parsed<HeaderMatch> {
  const colon = text.indexOf(":");
  const name = (colon < 0 ? text : text.slice(0, colon)).trim();
  const value = colon < 0 ? undefined : text.slice(colon + 1).trim();
  if (name === "") return { problem: "has no header name before the colon" };
  if (!token.test(name)) return { problem: `${JSON.stringify(name.toWellFormed())} is not a header name` };
  if (name.length > maxNameLength)
    return { problem: `the header name is longer than ${maxNameLength} characters` };
  if (reserved.has(name.toLowerCase())) return { problem: `the header ${name} is taken by gRPC routing` };
  if (value === "") return { problem: "has a colon but no value" };
  if (value !== undefined && (/\p{Cc}/u.test(value) || !value.isWellFormed()))
    return { problem: "the value holds control characters" };
  if (value !== undefined && value.length > maxValueLength)
    return {
      problem: `the value is longer than ${maxValueLength} characters, all that Envoy reads of headers`,
    };
  const problem = variableProblem(text);
  if (problem !== undefined) return { problem };
  return { value: { name, value } };
}

/** `name: regex`, the expression valid for RE2, which Envoy uses. */
export function parseRegexHeader(text: string): Parsed<HeaderMatch> {
  const header = parseHeader(text);
  if (header.problem !== undefined) return header;
  if (header.value.value === undefined) return { problem: "has no regular expression after the name" };
  return header;
}

/** Work that suffices for every expression that Envoy takes, twenty times over. */
const steps = 20_000;

/** Nobody writes longer ones that Envoy takes: 200 steps match some hundred characters. */
const maxLength = 2048;

/** Repeats in braces multiply; an expression without any, or as short as this, is cheap to compile. */
const cheapLength = 60;

/** What is wrong with an expression, or undefined. It is never run here. */
export function regexProblem(expression: string): string | undefined {
  if (expression.length > maxLength) return `longer than ${maxLength} characters`;
  // A finite bound is given to valid expressions only. re2js takes seconds over some kilobytes of repeats.
  if (Number.isFinite(re2SizeBound(expression, { left: steps }))) return undefined;
  if (expression.includes("{") && expression.length > cheapLength)
    return "not a regular expression of RE2, or far too large a one";
  try {
    RE2JS.compile(expression);
    return undefined;
  } catch (error) {
    return `not a regular expression of RE2: ${error instanceof Error ? error.message : String(error)}`;
  }
}
