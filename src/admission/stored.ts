import { applicantOf } from "./applicant.ts";
import type { EngineContext } from "./engine.ts";
import { governed } from "./governed.ts";
import { type Circumstances, type Judgement, judge } from "./judge.ts";

/**
 * How an object is judged that nobody is writing: no change is looked at, and nothing is excused as having been
 * there before.
 */
export const asStored: Circumstances = { operation: "UPDATE", dryRun: false };

/** Judges a raw object as it is stored, by every rule and exemption that is nobody's in person, errors first. */
export function judgeStored(raw: unknown, namespace: string, context: EngineContext): Judgement {
  const judgement = judge(raw, namespace, asStored, context);
  const { reports } = governed(judgement.reports, namespace, applicantOf(raw), context);
  return { ...judgement, reports };
}
