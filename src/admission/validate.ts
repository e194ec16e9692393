import type { Decision, EngineContext } from "./engine.ts";
import type { AdmissionRequest } from "./types.ts";

/** Judges one request by all rules. Pure: the same request and context give the same decision. */
export function validate(_request: AdmissionRequest, _context: EngineContext): Decision {
  throw new Error("pending");
}
