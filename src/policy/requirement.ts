import { RE2JS } from "re2js";

/** Longer values match no pattern: a value that says who owns something is short, and matching takes its time. */
export const maxMatchedLength = 1024;

/** A label or annotation that objects must have. */
export class Requirement {
  readonly key: string;
  /** RE2, for the whole of the value; without one, any value will do that is not empty. */
  readonly pattern: string | undefined;
  readonly #expression: RE2JS | undefined;

  /** Throws RE2JSException for what is no expression. */
  constructor(key: string, pattern: string | undefined) {
    this.key = key;
    this.pattern = pattern;
    this.#expression = pattern === undefined ? undefined : RE2JS.compile(pattern);
  }

  /** What is wrong with a value; undefined where nothing is. */
  problemOf(value: string): string | undefined {
    if (this.#expression === undefined) return value === "" ? "must not be empty" : undefined;
    if (value.length > maxMatchedLength) return `is longer than ${maxMatchedLength} characters`;
    return this.#expression.matches(value) ? undefined : `does not match ${this.pattern}`;
  }
}
