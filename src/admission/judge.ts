import type { Report } from "../diagnostics/finding.ts";
import type { PredictorDocuments } from "../mapping/build.ts";
import { documentsOf, type Injection, injectedTexts } from "../mapping/injection.ts";
import { type Subject, subjectOf } from "../mapping/subject.ts";
import { type NamespacePolicy, policyFor } from "../policy/policy-index.ts";
import { underPolicy } from "../policy/severities.ts";
import { neighboursOf } from "../routes/neighbours.ts";
import { decodeDeployment } from "../seldon/decode.ts";
import type { SeldonDeployment } from "../seldon/types.ts";
import type { EngineContext } from "./engine.ts";
import {
  type PlannedInput,
  type PolicyInput,
  policyFindings,
  policyFindingsAlone,
  unreadableFindings,
} from "./policy-findings.ts";
import {
  decodingRules,
  deletionRules,
  injectionRules,
  inOrder,
  isOwn,
  objectRules,
  ownRules,
  rulesFor,
  run,
} from "./rule-sets.ts";
import { isLeaving } from "./scope.ts";

/** `object`: the raw object, where it is known; of a live view's deployments it is not. */
export type Circumstances = Pick<
  PolicyInput,
  "operation" | "dryRun" | "previous" | "written" | "object" | "oldObject" | "writer"
>;

export interface Judgement {
  readonly reports: readonly Report[];
  /** Absent when the object could not be read. */
  readonly subject?: Subject;
}

const isError = ({ severity }: Report): boolean => severity === "error";

/** Judges what was read of the object in `circumstances`. */
type JudgeDeployment = (
  deployment: SeldonDeployment,
  circumstances: Circumstances,
  context: EngineContext,
) => Judgement;

/** Judges one raw object, each rule as severe as the policy of its namespace says. */
export type Judging = (
  raw: unknown,
  namespace: string,
  circumstances: Circumstances,
  context: EngineContext,
) => Judgement;

const judging =
  (judgeRead: JudgeDeployment): Judging =>
  (raw, namespace, circumstances, context) => {
    // An object on its way out binds nobody: a rule in its way would keep its finalizers from being removed.
    if (isLeaving(raw)) return { reports: [] };
    const { deployment, findings } = decodeDeployment(raw, namespace);
    const known = withObject(circumstances, raw);
    if (deployment !== undefined) return judgeRead(deployment, known, context);
    const policy = policyFor(context.policy, namespace);
    const ofPolicy = unreadableFindings(known, namespace, context.policy, policy);
    return { reports: underPolicy([...run(decodingRules, findings), ...ofPolicy], policy) };
  };

const withObject = (circumstances: Circumstances, object: unknown): Circumstances => ({
  operation: circumstances.operation,
  dryRun: circumstances.dryRun,
  previous: circumstances.previous,
  written: circumstances.written,
  object,
  oldObject: circumstances.oldObject,
  writer: circumstances.writer,
});

/** Judges one deployment that could be read. */
export const judgeDeployment: JudgeDeployment = (deployment, circumstances, context) => {
  const { subject, input, policy } = benchFor(deployment, circumstances, context);
  return { reports: reportsOn(input, context, policy), subject };
};

/** By every rule. */
export const judge: Judging = judging(judgeDeployment);

/** By what looks at nothing but the object: what it has against it stands, whatever else there is. */
export const judgeAlone: Judging = judging((deployment, circumstances, context) => {
  const { subject, input, policy } = benchFor(deployment, circumstances, context);
  const reports = [...run(rulesFor(ownRules, input), input), ...policyFindingsAlone(input, policy)];
  return { reports: underPolicy(reports, policy), subject };
});

/** What the rules look at, and what the policy of the namespace makes of it. */
function benchFor(deployment: SeldonDeployment, circumstances: Circumstances, context: EngineContext) {
  const policy = policyFor(context.policy, deployment.namespace);
  const subject = subjectOf(deployment, context.settings);
  return { subject, input: inputOf(subject, context, underRelaxation(circumstances, policy)), policy };
}

/** A relaxed reference is answered as in a dry run: what it names may be on its way. */
const underRelaxation = (circumstances: Circumstances, policy: NamespacePolicy | undefined): Circumstances =>
  policy?.references?.value === "relaxed" ? { ...circumstances, dryRun: true } : circumstances;

function reportsOn(input: PlannedInput, context: EngineContext, policy: NamespacePolicy | undefined) {
  const found = run(rulesFor(objectRules, input), input);
  const reports = underPolicy(found, policy);
  const ofPolicy = underPolicy(policyFindings(input, policy), policy);
  if (reports.some(isError)) return [...reports, ...ofPolicy];
  // What a policy lets through is a mistake all the same, and what the text is made of must not depend on that.
  const own = policy === undefined ? found : found.filter(({ rule }) => isOwn.has(rule));
  const injection = planned(input, context, own, input.documents);
  const last = run(injectionRules, Object.assign(input, { injection }));
  return [...inOrder([...reports, ...underPolicy(last, policy)]), ...ofPolicy];
}

/** Judges the deletion of one raw object. One that cannot be read leaves nothing behind that is known. */
export function judgeDeletion(raw: unknown, namespace: string, context: EngineContext): readonly Report[] {
  // A repeated deletion of an object that waits for its finalizers changes nothing.
  if (isLeaving(raw)) return [];
  const { deployment } = decodeDeployment(raw, namespace);
  if (deployment === undefined) return [];
  const input = { ...context, ...subjectOf(deployment, context.settings) };
  // Not the rule's to soften: a policy that names it has the last word.
  const severity = input.settings.deletionSeverity;
  const reports = run(deletionRules, input).map((report) => ({ ...report, severity }));
  return underPolicy(reports, policyFor(context.policy, namespace));
}

/** How an object is looked at for what is in itself. */
const asWritten: Circumstances = { operation: "UPDATE", dryRun: false };

/** What is to stand on the carrier of this deployment. */
export function planInjection(subject: Subject, context: EngineContext): Injection {
  const input = inputOf(subject, context, asWritten);
  return planned(subject, context, run(rulesFor(ownRules, input), input), input.documents);
}

/** What a deployment does wrong by itself, whatever else there is. */
export const ownErrors = (subject: Subject, context: EngineContext): readonly Report[] =>
  run(rulesFor(ownRules, subject), inputOf(subject, context, asWritten)).filter(isError);

// Field by field: one shape for every rule, and made in a tenth of the time that spreading takes.
function inputOf(subject: Subject, context: EngineContext, circumstances: Circumstances): PlannedInput {
  const documents = once(() => documentsOf(subject, context));
  const neighbours = once(() => neighboursOf(subject, context, documents));
  return {
    deployment: subject.deployment,
    era: subject.era,
    routing: subject.routing,
    configuration: subject.configuration,
    custom: subject.custom,
    customs: subject.customs,
    services: subject.services,
    settings: subject.settings,
    cluster: context.cluster,
    operation: circumstances.operation,
    dryRun: circumstances.dryRun,
    previous: circumstances.previous,
    written: circumstances.written,
    object: circumstances.object,
    oldObject: circumstances.oldObject,
    writer: circumstances.writer,
    policy: context.policy,
    neighbours,
    documents,
  };
}

function once<T>(work: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => {
    done ??= { value: work() };
    return done.value;
  };
}

/**
 * A deployment with mistakes of its own gets no text: its routes cannot be what the author meant. Missing
 * references do not count here, because the target may be on its way. Nor does a policy: what it lets through in
 * spite of an error cannot be routed as it stands either.
 */
function planned(
  subject: Subject,
  context: EngineContext,
  reports: readonly Report[],
  documents: () => PredictorDocuments,
): Injection {
  if (subject.configuration.custom) return { absent: "custom-config" };
  if (subject.routing.problems.length > 0 || reports.some(isError)) return { absent: "rejected" };
  return injectedTexts(subject, context, documents);
}
