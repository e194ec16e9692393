import type { FieldPath } from "../diagnostics/field-path.ts";
import { formCheckOf, type Problem } from "../policy-file/check.ts";
import { type Place, parsePolicyText } from "../policy-file/parse.ts";
import { located, type PolicyProblem } from "../policy-file/read.ts";
import { policyTestForm } from "./form.ts";
import { meaningProblems } from "./meaning.ts";
import type { RawTest } from "./raw-test.ts";

const formProblems = formCheckOf(policyTestForm);

/** A policy test that can be run, as far as its own text says. */
export interface ReadTest {
  readonly raw: RawTest;
  placeOf(path: FieldPath): Place;
  /** Problems that only what it names can bring to light, with their places. */
  located(problems: readonly Problem[]): readonly PolicyProblem[];
}

/** Reads the text of a policy test. Total: whatever the text is, a test comes of it or problems with places. */
export function readTest(
  text: string,
):
  | { readonly test: ReadTest; readonly problems?: undefined }
  | { readonly test?: undefined; readonly problems: readonly PolicyProblem[] } {
  const read = parsePolicyText(text.startsWith("\ufeff") ? text.slice(1) : text);
  if (read.parsed === undefined) return { problems: [{ field: "", ...read.problem }] };
  const { parsed } = read;
  const misformed = formProblems(parsed.value);
  const raw = parsed.value as RawTest;
  const problems = misformed.length > 0 ? misformed : [...meaningProblems(raw)];
  if (problems.length > 0) return { problems: located(problems, parsed) };
  return { test: { raw, placeOf: parsed.placeOf, located: (found) => located(found, parsed) } };
}

const ours = /(?:^|[\s{,])["']?apiVersion["']?\s*:\s*["']?seldon-ambassador-webhook\//;
const test = /(?:^|[\s{,])["']?kind["']?\s*:\s*["']?PolicyTest\b/;
const policy = /(?:^|[\s{,])["']?kind["']?\s*:\s*["']?Policy\b(?!Test)/;

/**
 * Whether a file that was found in a folder is to be run: by what it is called, or by what it says. One of our
 * apiVersion whose kind is misspelt is meant to be something, too: it is taken, so that it is not passed over.
 */
export const isTest = (file: string, text: string): boolean =>
  /\.test\.(ya?ml|json)$/.test(file) || test.test(text) || (ours.test(text) && !policy.test(text));

/** Whether a text is a policy, of which a test could be asked for. */
export const isPolicy = (text: string): boolean =>
  /^["']?apiVersion["']?\s*:\s*["']?seldon-ambassador-webhook\//m.test(text) &&
  /^["']?kind["']?\s*:\s*["']?Policy["']?\s*(#.*)?$/m.test(text);
