import type { EngineContext } from "../admission/engine.ts";
import { mutate } from "../admission/mutate.ts";
import type { AdmissionRequest } from "../admission/types.ts";
import { validate } from "../admission/validate.ts";
import type { Report } from "../diagnostics/finding.ts";
import { isMap } from "../mapping/custom.ts";
import type { ExemptionUse } from "../policy/exemptions.ts";
import { applyPatch } from "../review/patch.ts";

/** What comes of a request at both webhooks. */
export interface Admitted {
  readonly allowed: boolean;
  readonly reports: readonly Report[];
  readonly exemptions: readonly ExemptionUse[];
  /** As the validating webhook saw it; null where something is deleted. */
  readonly object: unknown;
}

/** The API server makes the name between the mutating and the validating webhooks. */
function named(object: unknown): unknown {
  if (!isMap(object) || !isMap(object.metadata)) return object;
  const { name, generateName } = object.metadata;
  if (name !== undefined || typeof generateName !== "string") return object;
  return { ...object, metadata: { ...object.metadata, name: `${generateName}x7k2q` } };
}

/** Takes a request through both webhooks as the API server does. Throws NamespaceUnknown. */
export function admit(request: AdmissionRequest, context: EngineContext): Admitted {
  const object = named(applyPatch(request.object, mutate(request, context).patch));
  const { allowed, reports, policy } = validate({ ...request, object }, context);
  return { allowed, reports, exemptions: policy?.exemptions ?? [], object };
}
