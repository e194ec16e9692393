import type { Decision } from "./engine.ts";
import type { AdmissionReview, Status } from "./types.ts";

/** The AdmissionReview that answers `review`: same apiVersion, same uid. */
export function respond(_review: AdmissionReview, _decision: Decision): object {
  throw new Error("pending");
}

/** A Status body for calls that never became a decision (400, 404, 405, 413, 415, 500). */
export function failure(_code: number, _reason: string, _message: string): Status {
  throw new Error("pending");
}
