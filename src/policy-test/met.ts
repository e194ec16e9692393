import { causeMessage } from "../diagnostics/message.ts";
import { isMap } from "../mapping/custom.ts";
import type { NamespacePolicy } from "../policy/policy-index.ts";
import type { Statement } from "../policy/statements.ts";
import { timeoutFields } from "../policy/types.ts";
import type { Era } from "../seldon/era.ts";
import { recordedDefaults } from "../seldon/recorded-defaults.ts";
import type { Admitted } from "./admit.ts";
import type { Expectation } from "./case.ts";

/** What a case came to that passed. */
interface Outcome {
  readonly admitted: Admitted;
  /** What it comes to by the policy without its severities. */
  readonly plain: Admitted;
  /** The same without one limit, too. */
  readonly withoutLimit: (limit: Pick<Statement, "id" | "line">) => Admitted;
  /** What holds for the object. */
  readonly policy: NamespacePolicy;
  /** Of its operator. */
  readonly era: Era;
}

/**
 * The rules of whose findings the case says something: all that are found, one that is off among them, since more
 * or less would be a difference; with `atLeast` only those that it names.
 */
function rulesOf(
  { atLeast, errors, warnings }: Expectation,
  { admitted, plain }: Outcome,
): ReadonlySet<string> {
  const found = new Set([...admitted.reports, ...plain.reports].map(({ rule }) => rule));
  return atLeast ? new Set([...errors, ...warnings].filter((id) => found.has(id))) : found;
}

function* severitiesMet(rules: ReadonlySet<string>, { severity }: NamespacePolicy): Iterable<Statement> {
  for (const id of rules) {
    const said = severity.get(id);
    if (said !== undefined) yield { kind: "severity", id, line: said.line };
  }
}

const checksMet = (rules: ReadonlySet<string>, { checks }: NamespacePolicy): readonly Statement[] =>
  checks.filter(({ id }) => rules.has(id)).map(({ id, line }) => ({ kind: "check", id, line }));

/** The rules of limits that say something else in one outcome than in the other. */
function changedLimits(one: Admitted, other: Admitted): ReadonlySet<string> {
  const said = ({ reports }: Admitted, id: string): string =>
    JSON.stringify(reports.filter(({ rule }) => rule === id).map(causeMessage));
  const found = new Set([...one.reports, ...other.reports].map(({ rule }) => rule));
  return new Set([...found].filter((id) => id.startsWith("limits/") && said(one, id) !== said(other, id)));
}

/** The limits without which something else would be found, also nothing or more where one allows what another forbids. */
function* limitsMet({ atLeast, errors, warnings }: Expectation, outcome: Outcome): Iterable<Statement> {
  const { plain, policy, withoutLimit } = outcome;
  for (const [id, { line }] of Object.entries(policy.limits)) {
    const changed = changedLimits(plain, withoutLimit({ id, line }));
    const isSaid = atLeast ? [...errors, ...warnings].some((rule) => changed.has(rule)) : changed.size > 0;
    if (isSaid) yield { kind: "limit", id, line };
  }
}

function annotationsIn(object: unknown): [string, unknown][] {
  const metadata = isMap(object) && isMap(object.metadata) ? object.metadata : {};
  return Object.entries(isMap(metadata.annotations) ? metadata.annotations : {});
}

/** By what a policy may say a default of this annotation. */
const fieldsOf = (annotation: string, { timeoutAnnotations: { rest, grpc } }: Era): readonly string[] => [
  annotation,
  ...(annotation === rest ? [timeoutFields.rest] : []),
  ...(annotation === grpc ? [timeoutFields.grpc] : []),
];

/** The defaults that were written, and of which the case says what they are. */
function* defaultsMet(
  { annotations, patched }: Expectation,
  { admitted, policy, era }: Outcome,
): Iterable<Statement> {
  const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === "string";
  const written = recordedDefaults(new Map(annotationsIn(admitted.object).filter(isText)));
  for (const [id, value] of [...annotations, ...annotationsIn(patched)]) {
    const found = policy.defaults.get(id);
    if (found !== undefined && found.value === value && written.has(id))
      for (const said of fieldsOf(id, era)) yield { kind: "default", id: said, line: found.line };
  }
}

/** What of the policy a case shows at work. */
export function metBy(expect: Expectation, outcome: Outcome): readonly Statement[] {
  const { admitted, policy } = outcome;
  const rules = rulesOf(expect, outcome);
  return [
    ...severitiesMet(rules, policy),
    ...limitsMet(expect, outcome),
    ...checksMet(rules, policy),
    ...defaultsMet(expect, outcome),
    ...admitted.exemptions.map(({ kind, reason, line }) => ({ kind, id: reason, line })),
  ];
}
