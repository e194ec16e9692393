import type { EngineContext } from "../admission/engine.ts";
import { mutate } from "../admission/mutate.ts";
import { isOfPolicy } from "../admission/policy-findings.ts";
import { isLeaving } from "../admission/scope.ts";
import { judgeStored } from "../admission/stored.ts";
import type { AdmissionRequest, PatchOperation } from "../admission/types.ts";
import { validate } from "../admission/validate.ts";
import type { Report } from "../diagnostics/finding.ts";
import type { Subject } from "../mapping/subject.ts";
import { applyPatch } from "../review/patch.ts";

/** What is to be done about a deployment. */
export type Plan =
  /** Nothing: what belongs on it is on it, or it is on its way out. */
  | { readonly kind: "right" }
  /** Nothing can be done: a rule stands against it. */
  | { readonly kind: "rejected"; readonly reports: readonly Report[] }
  | {
      readonly kind: "adopt";
      readonly patch: readonly PatchOperation[];
      /** The object as it is to become. */
      readonly wanted: unknown;
      /** The operator restarts the pods of a deployment whose spec changes. */
      readonly restartsPods: boolean;
    };

/** What the webhook of these settings would make of a stored deployment by an update that changes nothing. */
export function planFor(raw: unknown, namespace: string, context: EngineContext): Plan {
  if (isLeaving(raw)) return { kind: "right" };
  const patch = patchOf(raw, namespace, context);
  const wanted = applyPatch(raw, patch);
  const { reports, subject } = judgeStored(wanted, namespace, context);
  const errors = reports.filter(({ severity }) => severity === "error");
  if (
    errors.some((report) => !isOfPolicy(report)) ||
    (errors.length > 0 && !passes(raw, wanted, namespace, context))
  )
    // What carries its text and broke a rule later is for the audit: another text would not mend it.
    return patch.length > 0 || lacksText(subject) ? { kind: "rejected", reports } : { kind: "right" };
  if (patch.length === 0) return { kind: "right" };
  const restartsPods = patch.some(({ path }) => path.startsWith("/spec/"));
  return { kind: "adopt", patch, wanted, restartsPods };
}

const requestFor = (object: unknown, namespace: string): AdmissionRequest => {
  const kind = { group: "machinelearning.seldon.io", version: "v1", kind: "SeldonDeployment" };
  return { uid: "adopt", kind, operation: "UPDATE", namespace, object };
};

/** Whether the validating webhook lets the update pass: what a policy had against it before does not stand in its way. */
const passes = (raw: unknown, wanted: unknown, namespace: string, context: EngineContext): boolean =>
  validate({ ...requestFor(wanted, namespace), oldObject: raw }, context).allowed;

/** The operations that the mutating webhook of these settings would answer an update with. */
export const patchOf = (raw: unknown, namespace: string, context: EngineContext): readonly PatchOperation[] =>
  mutate(requestFor(raw, namespace), context).patch;

const lacksText = (subject: Subject | undefined): boolean =>
  subject === undefined ||
  (subject.settings.carrier !== "none" &&
    subject.configuration.custom === undefined &&
    subject.configuration.generated.length === 0);
