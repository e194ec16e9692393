import { settingsFor } from "../config/settings.ts";
import { toJsonPointer } from "../diagnostics/field-path.ts";
import { isMap } from "../mapping/custom.ts";
import { type AnnotationChanges, appliedNames, changed, defaulting } from "../policy/defaults.ts";
import { policyFor } from "../policy/policy-index.ts";
import type { SeldonDeployment } from "../seldon/types.ts";
import type { EngineContext } from "./engine.ts";
import type { PatchOperation } from "./types.ts";

/** An object with the policy's defaults, and the operations that bring it there. */
export interface Defaulted {
  readonly deployment: SeldonDeployment;
  readonly object: unknown;
  readonly patch: readonly PatchOperation[];
}

/** Writes the defaults of its namespace into metadata.annotations of a raw object and of what was read of it. */
export function defaulted(
  object: unknown,
  deployment: SeldonDeployment,
  { policy, settings }: EngineContext,
): Defaulted {
  const { operatorVersion } = settingsFor(settings, deployment).seldon;
  const found = policyFor(policy, deployment.namespace, operatorVersion);
  const changes = found === undefined ? new Map() : defaulting(deployment, found, appliedNames(object));
  if (changes.size === 0) return { deployment, object, patch: [] };
  const annotations = changed(deployment.annotations, changes);
  const { metadata = {} } = isMap(object) ? object : {};
  return {
    deployment: { ...deployment, annotations },
    object: {
      ...(object as object),
      metadata: { ...(metadata as object), annotations: Object.fromEntries(annotations) },
    },
    patch: patchOf(object, changes),
  };
}

function patchOf(object: unknown, changes: AnnotationChanges): readonly PatchOperation[] {
  const metadata = isMap(object) && isMap(object.metadata) ? object.metadata : {};
  const holder = ["metadata", "annotations"];
  if (!isMap(metadata.annotations))
    return [{ op: "add", path: toJsonPointer(holder), value: Object.fromEntries(changes) }];
  const { annotations } = metadata;
  return [...changes].map(([key, value]): PatchOperation => {
    const path = toJsonPointer([...holder, key]);
    if (value === undefined) return { op: "remove", path };
    return { op: Object.hasOwn(annotations, key) ? "replace" : "add", path, value };
  });
}
