import { oneLine } from "../diagnostics/message.ts";
import { operatorFor } from "../policy/operators.ts";
import {
  type Exemption,
  type LimitField,
  type LimitValues,
  type OperatorPolicy,
  policyLabel,
  type Sourced,
} from "../policy/types.ts";
import { recordedDefaults } from "../seldon/recorded-defaults.ts";
import type { SeldonDeployment } from "../seldon/types.ts";
import type { Explanation } from "./policy-explain.ts";

/** What becomes of a default on an object. */
function fateOf(key: string, value: string, { annotations, spec }: SeldonDeployment): string {
  if (spec.annotations.has(key)) return "its author's, in spec.annotations";
  if (!annotations.has(key)) return "comes with the next write";
  if (!recordedDefaults(annotations).has(key)) return "its author's, in metadata.annotations";
  return annotations.get(key) === value ? "written" : "changes with the next write";
}

const listed = <T>(values: ReadonlyMap<string, Sourced<T>>, key: string) =>
  [...values].map(([id, { value, line }]) => ({ [key]: id, value, line }));

const defaultsOf = ({ found, deployment }: Explanation) =>
  [...found.defaults].map(([annotation, { value, line }]) => ({
    annotation,
    value,
    line,
    ...(deployment && { fate: fateOf(annotation, value, deployment) }),
  }));

/** Everybody, or what an exemption asks for besides the namespace. */
function whomOf({ subjects, objectLabels, rules }: Exemption): string {
  const { users = [], groups = [], serviceAccounts = [] } = subjects ?? {};
  const parts = [
    ...users.map((user) => `user ${user}`),
    ...groups.map((group) => `group ${group}`),
    ...serviceAccounts.map((account) => `service account ${account}`),
    ...(objectLabels ? ["objects with its labels"] : []),
    ...(rules ? [`rules ${[...rules].join(", ")}`] : []),
  ];
  return parts.join("; ") || "everything here";
}

const untilOf = ({ expiresMs }: Exemption, nowMs: number): string => {
  if (expiresMs === undefined) return "";
  const until = new Date(expiresMs).toISOString();
  return nowMs >= expiresMs ? `expired ${until}` : `until ${until}`;
};

const exemptionsOf = ({ found, context }: Explanation) =>
  found.exemptions.map((exemption) => ({
    reason: exemption.reason,
    whom: whomOf(exemption),
    until: untilOf(exemption, context.nowMs),
    line: exemption.line,
  }));

const limitsOf = ({ found }: Explanation) =>
  Object.entries(found.limits).map(([field, { value, line }]) => ({ field, value, line }));

/** A limit's value in one line. */
function limitText(value: LimitValues[LimitField]): string {
  if (typeof value === "number") return String(value);
  const items = value.map((item) => {
    if (typeof item === "string") return item;
    return item.pattern === undefined ? item.key : `${item.key}=${item.pattern}`;
  });
  return items.length === 0 ? "none" : items.join(", ");
}

const checksOf = ({ found }: Explanation) =>
  found.checks.map(({ id, severity, expression, line }) => ({
    check: id,
    severity: found.severity.get(id)?.value ?? severity,
    expression,
    line,
  }));

function operatorOf({ context, namespace, deployment }: Explanation): OperatorPolicy | undefined {
  const { operators } = context.index.policy;
  return operatorFor(operators, namespace, deployment?.controllerId);
}

function operatorJson(explanation: Explanation) {
  const found = operatorOf(explanation);
  if (found === undefined) return null;
  const { controllerId = null, namespaces = null, line, settings } = found;
  return { controllerId, namespaces, line, settings: listed(settings, "setting") };
}

/** Nothing where the policy knows one operator only. */
function operatorRows(explanation: Explanation, at: (line: number) => string): Row[] {
  const found = operatorOf(explanation);
  const { controllerId } = explanation.deployment ?? {};
  if (found === undefined && explanation.context.index.policy.operators.length === 0) return [];
  if (found === undefined)
    return [[controllerId ? `controller id ${controllerId}, which no entry has` : "the general settings"]];
  const id =
    found.controllerId === undefined ? "without controller id" : `controller id ${found.controllerId}`;
  const where = found.namespaces === undefined ? "" : " of this namespace";
  const rows = [...found.settings].map(([path, { value, line }]) => [path, JSON.stringify(value), at(line)]);
  return [[`${id}${where}`, "", at(found.line)], ...rows];
}

/** The explanation as one JSON document. */
export function explanationJson(explanation: Explanation): string {
  const { file, context, namespace, labels, found, deployment } = explanation;
  const document = {
    policy: { file, ...labelParts(context.index.policy) },
    namespace,
    name: deployment?.name ?? null,
    labels: labels ? Object.fromEntries(labels) : null,
    defaults: defaultsOf(explanation),
    rules: listed(found.severity, "rule"),
    messages: listed(found.messages, "rule"),
    references: found.references ?? null,
    limits: limitsOf(explanation).map(({ field, value, line }) => ({ limit: field, value, line })),
    checks: checksOf(explanation),
    exemptions: exemptionsOf(explanation),
    operator: operatorJson(explanation),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const labelParts = ({ name, digest }: { name: string; digest: string }) => ({ name: name || null, digest });

/** The beginning of an expression, which may be long. */
function onOneLine(expression: string): string {
  const line = oneLine(expression).replace(/ +/g, " ").trim();
  return line.length <= 60 ? line : `${line.slice(0, 59).toWellFormed()}…`;
}

type Row = readonly string[];

function section(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return "";
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: Row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return `\n${title}\n${rows.map((row) => `  ${line(row).trimEnd()}\n`).join("")}`;
}

/** The explanation as tables; what the policy does not mention is as it would be without a policy. */
export function explanationText(explanation: Explanation): string {
  const { file, context, namespace, labels, found, deployment } = explanation;
  const at = (line: number): string => `${file}:${line}`;
  const target = deployment === undefined ? namespace : `${namespace}/${deployment.name}`;
  const rows = <T>(values: ReadonlyMap<string, Sourced<T>>): Row[] =>
    [...values].map(([id, { value, line }]) => [id, String(value), at(line)]);
  const parts = [
    section("labels of the namespace", [...(labels ?? [])]),
    section(
      "defaults",
      defaultsOf(explanation).map(({ annotation, value, line, fate = "" }) => [
        annotation,
        value,
        at(line),
        fate,
      ]),
    ),
    section("rules", rows(found.severity)),
    section("messages", rows(found.messages)),
    section("references", found.references ? [[found.references.value, at(found.references.line)]] : []),
    section(
      "limits",
      limitsOf(explanation).map(({ field, value, line }) => [field, limitText(value), at(line)]),
    ),
    section(
      "checks",
      checksOf(explanation).map(({ check, severity, expression, line }) => [
        check,
        severity,
        at(line),
        onOneLine(expression),
      ]),
    ),
    section(
      "exemptions",
      exemptionsOf(explanation).map(({ reason, whom, until, line }) => [at(line), reason, whom, until]),
    ),
    section("operator", operatorRows(explanation, at)),
  ].join("");
  const nothing = parts === "" ? "\nThe policy says nothing about it.\n" : "";
  return `${target}: policy ${policyLabel(context.index.policy)}\n${parts}${nothing}`;
}
