import type { Decision, EngineContext } from "./engine.ts";
import type { AdmissionRequest } from "./types.ts";

/** Injects the Ambassador configuration. Pure; always allowed, never a report. */
export function mutate(_request: AdmissionRequest, _context: EngineContext): Decision {
  throw new Error("pending");
}
