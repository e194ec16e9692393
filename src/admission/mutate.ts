import { toJsonPointer } from "../diagnostics/field-path.ts";
import { isMap } from "../mapping/custom.ts";
import { isGenerated } from "../mapping/marker.ts";
import { subjectOf } from "../mapping/subject.ts";
import { annotationPath, keys, type Place } from "../seldon/annotations.ts";
import { decodeDeployment } from "../seldon/decode.ts";
import type { Decision, EngineContext } from "./engine.ts";
import { planInjection } from "./judge.ts";
import { isJudged } from "./scope.ts";
import type { AdmissionRequest, PatchOperation } from "./types.ts";

/**
 * Injects the Ambassador configuration. Pure; always allowed, never a report: what cannot be built is left to
 * the validating webhook to explain, and only an outdated text of our own is taken away.
 */
export function mutate(request: AdmissionRequest, context: EngineContext): Decision {
  return { allowed: true, reports: [], patch: isJudged(request) ? patchFor(request, context) : [] };
}

function patchFor(request: AdmissionRequest, context: EngineContext): readonly PatchOperation[] {
  const { deployment } = decodeDeployment(request.object, request.namespace ?? "default");
  if (deployment?.deleting) return [];
  const injection = deployment && planInjection(subjectOf(deployment, context.settings), context);
  const { carrier } = context.settings;
  return (["metadata", "spec"] as const).flatMap((place) =>
    place === carrier
      ? carry(request.object, place, injection?.text)
      : carry(request.object, place, undefined),
  );
}

/** The operations that bring one place to `wanted`; without it, only a text of our own is removed. */
function carry(object: unknown, place: Place, wanted: string | undefined): readonly PatchOperation[] {
  const holder = isMap(object) ? object[place] : undefined;
  const annotations = isMap(holder) ? holder.annotations : undefined;
  const path = annotationPath(place, keys.config);
  if (!isMap(annotations))
    return wanted === undefined
      ? []
      : [{ op: "add", path: toJsonPointer(path.slice(0, -1)), value: { [keys.config]: wanted } }];
  const present = Object.hasOwn(annotations, keys.config) ? annotations[keys.config] : undefined;
  if (wanted === undefined)
    return typeof present === "string" && isGenerated(present)
      ? [{ op: "remove", path: toJsonPointer(path) }]
      : [];
  if (present === wanted) return [];
  return [{ op: present === undefined ? "add" : "replace", path: toJsonPointer(path), value: wanted }];
}
