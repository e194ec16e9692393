import { createHash } from "node:crypto";
import { type FieldPath, formatFieldPath } from "../diagnostics/field-path.ts";
import { requirementsOf } from "../policy/labels.ts";
import type { DefaultsEntry, Exemption, Policy, RulesEntry, Sourced } from "../policy/types.ts";
import { formCheckOf, type Problem } from "./check.ts";
import { expiryOf } from "./expiry.ts";
import { meaningProblems } from "./meaning.ts";
import { type LineOf, type ParsedPolicy, type Place, parsePolicyText } from "./parse.ts";
import type { RawDefaults, RawExemption, RawPolicy, RawRules } from "./raw-policy.ts";
import { readChecks } from "./read-checks.ts";
import { defaultsIn } from "./read-defaults.ts";
import { limitsEntry } from "./read-limits.ts";
import { type OperatorValues, operatorsOf, operatorValues } from "./read-operators.ts";
import { selectorOf, subjectsOf } from "./read-selector.ts";
import { policyForm, policySettings } from "./schema.ts";

/** Something of a policy file that keeps it from being used. */
export interface PolicyProblem extends Place {
  /** Empty where the text as a whole is at fault. */
  readonly field: string;
  readonly message: string;
}

/** What a policy says about the settings of the engine, in the form of the configuration file. */
export interface PolicySettings {
  readonly values: { readonly [key: string]: unknown };
  readonly operators: readonly OperatorValues[];
  placeOf(path: FieldPath): Place;
}

export type ReadPolicy =
  | { readonly policy: Policy; readonly settings: PolicySettings; readonly problems?: undefined }
  | { readonly policy?: undefined; readonly problems: readonly PolicyProblem[] };

const formProblems = formCheckOf(policyForm);

/** Reads the text of a policy file. Total: whatever the text is, a policy comes of it or problems with places. */
export function readPolicy(text: string): ReadPolicy {
  const read = parsePolicyText(text.startsWith("\ufeff") ? text.slice(1) : text);
  if (read.parsed === undefined) return { problems: [{ field: "", ...read.problem }] };
  const { value } = read.parsed;
  const misformed = formProblems(value);
  if (misformed.length > 0) return { problems: located(misformed, read.parsed) };
  const raw = value as RawPolicy;
  const meant = located([...meaningProblems(raw)], read.parsed);
  const { checks, problems = [] } = readChecks(raw.checks ?? [], read.parsed);
  if (checks === undefined || meant.length > 0) return { problems: inOrder([...meant, ...problems]) };
  return { policy: { ...policyOf(raw, text, read.parsed), checks }, settings: settingsIn(read.parsed) };
}

/** A file with more mistakes is wrong as a whole. */
const maxProblems = 100;

const inOrder = (problems: readonly PolicyProblem[]): readonly PolicyProblem[] =>
  problems.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, maxProblems);

/** Problems with their places, in the order of the file. */
export const located = (
  problems: readonly Problem[],
  { placeOf }: Pick<ParsedPolicy, "placeOf">,
): readonly PolicyProblem[] =>
  inOrder(problems.map(({ path, message }) => ({ ...placeOf(path), field: formatFieldPath(path), message })));

function settingsIn({ value, placeOf }: ParsedPolicy): PolicySettings {
  const sections = new Set(policySettings.map(({ path }) => path.split(".")[0]));
  const own = Object.entries(value as object).filter(([key]) => sections.has(key));
  const { operators = [] } = value as RawPolicy;
  return { values: Object.fromEntries(own), operators: operatorValues(operators), placeOf };
}

function policyOf(raw: RawPolicy, text: string, { placeOf }: ParsedPolicy): Omit<Policy, "checks"> {
  const lineOf: LineOf = (...path) => placeOf(path).line;
  const { metadata, defaults = [], rules = [], limits = [], exemptions = [], breakGlass } = raw;
  return {
    name: metadata?.name ?? "",
    digest: createHash("sha256").update(text).digest("hex").slice(0, 12),
    defaults: defaults.map((entry, index) => defaultsEntry(entry, index, lineOf)),
    rules: rules.map((entry, index) => rulesEntry(entry, index, lineOf)),
    limits: limits.map((entry, index) => limitsEntry(entry, index, lineOf)),
    exemptions: exemptions.map((entry, index) => exemptionOf(entry, lineOf("exemptions", index))),
    operators: operatorsOf(raw.operators ?? [], { placeOf }),
    breakGlass: breakGlass && { ...subjectsOf(breakGlass), line: lineOf("breakGlass") },
  };
}

const defaultsEntry = (raw: RawDefaults, index: number, lineOf: LineOf): DefaultsEntry => ({
  selector: selectorOf(raw),
  line: lineOf("defaults", index),
  annotations: new Map(
    defaultsIn(raw, ["defaults", index]).map(({ key, value, path }) => [
      key,
      { value, line: lineOf(...path) },
    ]),
  ),
});

function rulesEntry(raw: RawRules, index: number, lineOf: LineOf): RulesEntry {
  const sourced = <T>(values: Readonly<Record<string, T>> = {}, field: string): Map<string, Sourced<T>> =>
    new Map(
      Object.entries(values).map(([id, value]) => [id, { value, line: lineOf("rules", index, field, id) }]),
    );
  return {
    selector: selectorOf(raw),
    line: lineOf("rules", index),
    severity: sourced(raw.severity, "severity"),
    messages: sourced(raw.messages, "messages"),
    references: raw.references && { value: raw.references, line: lineOf("rules", index, "references") },
  };
}

const exemptionOf = (raw: RawExemption, line: number): Exemption => ({
  selector: selectorOf(raw),
  line,
  reason: raw.reason,
  expiresMs: raw.expires === undefined ? undefined : expiryOf(raw.expires),
  subjects: raw.users || raw.groups || raw.serviceAccounts ? subjectsOf(raw) : undefined,
  objectLabels: raw.objectSelector && requirementsOf(raw.objectSelector),
  rules: raw.rules && new Set(raw.rules),
});

/** `policy.yaml:12:5: rules[0].severity.predictor-trafic-sum: unknown rule; did you mean predictor-traffic-sum?` */
export const problemLine = (file: string, { line, column, field, message }: PolicyProblem): string =>
  `${file}:${line}:${column}: ${field === "" ? "" : `${field}: `}${message}`;
