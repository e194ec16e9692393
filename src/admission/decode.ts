import type { AdmissionReview } from "./types.ts";

/** Checks the envelope of a parsed body. Throws BadRequest with what was expected. */
export function decodeReview(_body: unknown): AdmissionReview {
  throw new Error("pending");
}
