import type { Report } from "../diagnostics/finding.ts";
import { limits } from "../limits/catalogue.ts";
import type { LimitInput } from "../limits/limit.ts";
import type { PredictorDocuments } from "../mapping/build.ts";
import { isMap } from "../mapping/custom.ts";
import { labelsIn } from "../policy/labels.ts";
import type { NamespacePolicy, PolicyContext } from "../policy/policy-index.ts";
import { answers } from "../routes/effective.ts";
import type { RuleInput } from "../rules/rule.ts";
import { routesOf } from "./check-routes.ts";
import type { Writer } from "./check-variables.ts";
import { checkReports } from "./checks.ts";

/** Whether a report is one of the policy's own: their ids have a folder before the name. */
export const isOfPolicy = ({ rule }: Report): boolean => rule.includes("/");

/** What is judged, and what is known of the raw objects: of a live view's deployments nothing is. */
export interface PolicyInput extends RuleInput {
  readonly object?: unknown;
  /** Of an update; undefined where nothing is being changed. */
  readonly oldObject?: unknown;
  /** Absent where nobody is writing. */
  readonly writer?: Writer | undefined;
}

/** With what a policy's findings are made of besides. */
export interface PlannedInput extends PolicyInput {
  readonly policy?: PolicyContext | undefined;
  /** Worked out once, and only when somebody asks. */
  readonly documents: () => PredictorDocuments;
}

/**
 * What a namespace's policy itself has against a deployment, in the order in which it is told. None of it decides what
 * the injected text is. Throws NamespaceUnknown.
 */
export const policyFindings = (
  input: PlannedInput,
  policy: NamespacePolicy | undefined,
): readonly Report[] =>
  policy === undefined ? [] : [...limitReports(input, policy, false), ...ownReports(input, policy)];

/** Less what depends on the cluster, as routes may, and who answers a route. */
export const policyFindingsAlone = (
  input: PlannedInput,
  policy: NamespacePolicy | undefined,
): readonly Report[] =>
  policy === undefined
    ? []
    : [
        ...limitReports(input, policy, true),
        ...ownReports(input, {
          ...policy,
          checks: policy.checks.filter(({ reads }) => !reads.has("routes")),
        }),
      ];

/** What the checks of a policy have against an object that cannot be read. */
export const unreadableFindings = (
  {
    object,
    oldObject,
    operation,
    writer,
  }: Pick<PolicyInput, "object" | "oldObject" | "operation" | "writer">,
  namespace: string,
  context: PolicyContext | undefined,
  policy: NamespacePolicy | undefined,
): readonly Report[] =>
  context === undefined || policy === undefined
    ? []
    : checkReports(policy.checks, {
        ...{ object, oldObject, operation, writer, namespace },
        labelsOf: context.labelsOf,
        routes: undefined,
      });

function ownReports(input: PlannedInput, { checks }: NamespacePolicy): readonly Report[] {
  const { deployment, policy, object, oldObject, operation, writer } = input;
  if (policy === undefined) return [];
  return checkReports(checks, {
    ...{ object, oldObject, operation, writer, namespace: deployment.namespace, name: deployment.name },
    labelsOf: policy.labelsOf,
    routes: () => routesOf(input),
  });
}

function limitReports(input: PolicyInput, policy: NamespacePolicy, isAlone: boolean): readonly Report[] {
  if (Object.keys(policy.limits).length === 0) return [];
  const { object } = input;
  const labels = isMap(object) ? labelsIn(object.metadata) : undefined;
  const { limits: set, references } = policy;
  const isAnswered: LimitInput["isAnswered"] = (fields) =>
    !isAlone && input.neighbours().besides({ fields }).some(answers);
  const bounded: LimitInput = { ...input, limits: set, references, labels, isAnswered };
  return limits.flatMap(({ id: rule, severity, docs, check }) =>
    [...check(bounded)].map((finding) => ({
      rule,
      severity: finding.severity ?? severity,
      finding,
      fix: finding.fix ?? docs.fix,
    })),
  );
}
