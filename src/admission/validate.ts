import { formatFieldPath } from "../diagnostics/field-path.ts";
import type { Report } from "../diagnostics/finding.ts";
import { formatValue } from "../diagnostics/message.ts";
import { digestOf } from "../mapping/injection.ts";
import { type Subject, subjectOf } from "../mapping/subject.ts";
import { checkPrefix } from "../policy/types.ts";
import { decodeDeployment } from "../seldon/decode.ts";
import { applicantOf } from "./applicant.ts";
import { defaulted } from "./defaulted.ts";
import type { Decision, EngineContext } from "./engine.ts";
import { governed } from "./governed.ts";
import {
  type Circumstances,
  type Judgement,
  type Judging,
  judge,
  judgeAlone,
  judgeDeletion,
} from "./judge.ts";
import { isDeletion, isJudged } from "./scope.ts";
import type { AdmissionRequest } from "./types.ts";

/**
 * Judges one request by all rules. Pure: the same request and context give the same decision. `written` is the
 * object before the mutating webhook, where the caller knows it.
 */
export function validate(request: AdmissionRequest, context: EngineContext, written?: unknown): Decision {
  if (!isDeletion(request)) return judgeWrite(request, { judging: judge, context }, written);
  const namespace = namespaceOf(request);
  const reports = judgeDeletion(request.oldObject, namespace, context);
  return governed(reports, namespace, applicantOf(request.oldObject, request.userInfo), context);
}

/**
 * Judges one request without a look at the cluster. A denial is the one that `validate` would give, less the causes
 * that depend on the cluster; anything else says nothing. Throws NamespaceUnknown as that does: what the policy turns
 * off or exempts where the labels are not known is not known either.
 */
export const validateAlone = (request: AdmissionRequest, context: EngineContext): Decision =>
  judgeWrite(request, { judging: judgeAlone, context });

/** By what a write is judged. */
interface Bench {
  readonly judging: Judging;
  readonly context: EngineContext;
}

function judgeWrite(request: AdmissionRequest, bench: Bench, written?: unknown): Decision {
  if (!isJudged(request)) return { allowed: true, patch: [], reports: [] };
  const { context } = bench;
  const namespace = namespaceOf(request);
  const isUpdate = request.operation === "UPDATE";
  const oldObject = isUpdate ? request.oldObject : undefined;
  const previous = isUpdate ? subjectIn(oldObject, namespace, context) : undefined;
  const judgement = judgeVersion(request, request.object, bench, { previous, oldObject, written });
  const applicant = applicantOf(request.object, request.userInfo);
  return governed(soften(judgement, request, bench), namespace, applicant, context);
}

function subjectIn(object: unknown, namespace: string, { settings }: EngineContext): Subject | undefined {
  const { deployment } = decodeDeployment(object, namespace);
  return deployment && subjectOf(deployment, settings);
}

const namespaceOf = ({ namespace }: AdmissionRequest): string => namespace ?? "default";

function judgeVersion(
  request: AdmissionRequest,
  object: unknown,
  { judging, context }: Bench,
  known: Pick<Circumstances, "previous" | "written" | "oldObject"> = {},
): Judgement {
  const circumstances: Circumstances = {
    operation: request.operation === "UPDATE" ? "UPDATE" : "CREATE",
    dryRun: request.dryRun === true,
    writer: request,
    previous: known.previous,
    written: known.written,
    oldObject: known.oldObject,
  };
  return judging(object, namespaceOf(request), circumstances, context);
}

/**
 * An error that was there before this update, in an object whose routing fields stay as they are, becomes a
 * warning: nothing that exists becomes un-updatable by the webhook's arrival.
 */
function soften(judgement: Judgement, request: AdmissionRequest, bench: Bench): readonly Report[] {
  const { reports, subject } = judgement;
  const isUpdate = request.operation === "UPDATE" && request.oldObject !== undefined;
  if (!isUpdate || subject === undefined || !reports.some(isError)) return reports;
  for (const former of formerVersions(request, bench)) {
    const before = judgeVersion(request, former, bench);
    if (before.subject === undefined || !routesAlike(subject, before.subject)) continue;
    const known = new Set(before.reports.filter(isError).map(identity));
    return reports.map((report) =>
      known.has(identity(report)) ? { ...report, severity: "warning" } : report,
    );
  }
  return reports;
}

const isError = ({ severity }: Report): boolean => severity === "error";

/** The object as it was; and with today's defaults, which a write brings that changes nothing else. */
function* formerVersions(request: AdmissionRequest, { context }: Bench): Iterable<unknown> {
  yield request.oldObject;
  const { deployment } = decodeDeployment(request.oldObject, namespaceOf(request));
  if (deployment === undefined) return;
  const { patch, object } = defaulted(request.oldObject, deployment, context);
  if (patch.length > 0) yield object;
}

/** A check may object to several things: what it says tells them apart. */
const identity = ({ rule, finding }: Report): string => {
  const words = rule.startsWith(checkPrefix) ? finding.message : "";
  return JSON.stringify([rule, formatFieldPath(finding.path), formatValue(finding.value), words]);
};

const routesAlike = (a: Subject, b: Subject): boolean =>
  a.settings === b.settings &&
  digestOf(a) === digestOf(b) &&
  JSON.stringify(a.services.map(({ name }) => name)) === JSON.stringify(b.services.map(({ name }) => name));
