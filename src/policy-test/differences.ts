import type { FieldPath } from "../diagnostics/field-path.ts";
import type { Severity } from "../diagnostics/finding.ts";
import { causeMessage, fieldOf, formatValue } from "../diagnostics/message.ts";
import { isMap } from "../mapping/custom.ts";
import type { Admitted } from "./admit.ts";
import type { Expectation } from "./case.ts";

/** One thing that is not as it was expected. */
export interface Difference {
  /** The field of `expect`. */
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

const listed = (ids: readonly string[]): string => (ids.length === 0 ? "none" : ids.join(", "));

const idsOf = ({ reports }: Admitted, severity: Severity): readonly string[] => [
  ...new Set(reports.filter((each) => each.severity === severity).map(({ rule }) => rule)),
];

function* ruleDifferences(
  field: "errors" | "warnings",
  expect: Expectation,
  admitted: Admitted,
): Iterable<Difference> {
  const found = idsOf(admitted, field === "errors" ? "error" : "warning");
  const isMissing = expect[field].some((id) => !found.includes(id));
  const isMore = !expect.atLeast && found.some((id) => !expect[field].includes(id));
  const lead = expect.atLeast ? "at least " : "";
  if (isMissing || isMore) yield { field, expected: `${lead}${listed(expect[field])}`, found: listed(found) };
}

function* verdictDifferences(expect: Expectation, admitted: Admitted): Iterable<Difference> {
  if (expect.allowed === admitted.allowed) yield* ruleDifferences("errors", expect, admitted);
  else {
    const [expected, found] = [expect, admitted].map(({ allowed }) => (allowed ? "allowed" : "denied"));
    const by = (ids: readonly string[]): string => (ids.length === 0 ? "" : ` by ${listed(ids)}`);
    yield {
      field: "allowed",
      expected: `${expected}${by(expect.errors)}`,
      found: `${found}${by(idsOf(admitted, "error"))}`,
    };
  }
  yield* ruleDifferences("warnings", expect, admitted);
}

function* messageDifferences(
  { messages, exemption }: Expectation,
  { reports, exemptions }: Admitted,
): Iterable<Difference> {
  const texts = reports.map((report) => `${fieldOf(report.finding.path)}: ${causeMessage(report)}`);
  for (const part of messages)
    if (!texts.some((text) => text.includes(part)))
      yield { field: "messages", expected: JSON.stringify(part), found: "in no finding" };
  const reasons = exemptions.map(({ reason }) => reason);
  if (exemption !== undefined && !reasons.some((reason) => reason.includes(exemption)))
    yield {
      field: "exemption",
      expected: JSON.stringify(exemption),
      found: listed(reasons.map((reason) => JSON.stringify(reason))),
    };
}

const shown = (value: unknown): string =>
  value === undefined || value === null ? "nothing" : formatValue(value);

/** Maps as far as they are expected, lists item by item. */
function* valueDifferences(expected: unknown, found: unknown, path: FieldPath): Iterable<Difference> {
  if (isMap(expected) && isMap(found))
    for (const [key, value] of Object.entries(expected))
      yield* valueDifferences(value, Object.hasOwn(found, key) ? found[key] : undefined, [...path, key]);
  else if (Array.isArray(expected) && Array.isArray(found) && expected.length === found.length)
    for (const [index, value] of expected.entries())
      yield* valueDifferences(value, found[index], [...path, index]);
  else if (expected === null ? (found ?? null) !== null : expected !== found) {
    const [want, have] = [expected, found].map((value) =>
      Array.isArray(value) ? `a list of ${value.length}` : shown(value),
    );
    yield { field: fieldOf(path), expected: String(want), found: String(have) };
  }
}

function* objectDifferences(
  { annotations, patched }: Expectation,
  { object }: Admitted,
): Iterable<Difference> {
  const metadata = isMap(object) && isMap(object.metadata) ? object.metadata : {};
  const present = isMap(metadata.annotations) ? metadata.annotations : {};
  if (annotations.size > 0)
    yield* valueDifferences(Object.fromEntries(annotations), present, ["annotations"]);
  if (patched !== undefined) yield* valueDifferences(patched, object, ["patched"]);
}

/** All that is not as it was expected; nothing: the case has passed. */
export const differencesOf = (expect: Expectation, admitted: Admitted): readonly Difference[] => [
  ...verdictDifferences(expect, admitted),
  ...messageDifferences(expect, admitted),
  ...objectDifferences(expect, admitted),
];
