import { type FieldPath, formatFieldPath, toJsonPointer } from "../diagnostics/field-path.ts";
import { predictorPath } from "../mapping/configuration.ts";
import { isMap } from "../mapping/custom.ts";
import type { Injection } from "../mapping/injection.ts";
import { isGenerated } from "../mapping/marker.ts";
import { subjectOf } from "../mapping/subject.ts";
import { annotationPath, keys } from "../seldon/annotations.ts";
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
  return carry(request.object, injection);
}

/** The operations that bring every place to what belongs there. */
function carry(object: unknown, injection: Injection | undefined): readonly PatchOperation[] {
  const wanted = new Map((injection?.texts ?? []).map(({ path, text }) => [formatFieldPath(path), text]));
  return placesOf(object).flatMap((path) => place(object, path, wanted.get(formatFieldPath(path))));
}

/** Every annotation that can carry a text of ours, on an object that need not be readable. */
function placesOf(object: unknown): readonly FieldPath[] {
  const predictors = valueAt(object, ["spec", "predictors"]);
  const count = Array.isArray(predictors) ? predictors.length : 0;
  return [
    annotationPath("metadata", keys.config),
    annotationPath("spec", keys.config),
    ...Array.from({ length: count }, (_, index) => predictorPath(index)),
  ];
}

function place(object: unknown, path: FieldPath, wanted: string | undefined): readonly PatchOperation[] {
  const holder = path.slice(0, -1);
  const key = String(path.at(-1));
  const annotations = valueAt(object, holder);
  if (!isMap(annotations))
    return wanted === undefined ? [] : [{ op: "add", path: toJsonPointer(holder), value: { [key]: wanted } }];
  const present = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
  const pointer = toJsonPointer(path);
  if (wanted === undefined)
    return typeof present === "string" && isGenerated(present) ? [{ op: "remove", path: pointer }] : [];
  if (present === wanted) return [];
  return [{ op: present === undefined ? "add" : "replace", path: pointer, value: wanted }];
}

function valueAt(root: unknown, path: FieldPath): unknown {
  let value = root;
  for (const part of path) {
    if (Array.isArray(value)) value = value[Number(part)];
    else value = isMap(value) && Object.hasOwn(value, part) ? value[String(part)] : undefined;
  }
  return value;
}
