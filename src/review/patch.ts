import type { PatchOperation } from "../admission/types.ts";
import { fromJsonPointer } from "../diagnostics/field-path.ts";

type Container = Record<string | number, unknown>;

const isContainer = (value: unknown): value is Container => typeof value === "object" && value !== null;

function applyAt(target: unknown, path: readonly (string | number)[], operation: PatchOperation): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return operation.op === "remove" ? undefined : operation.value;
  if (!isContainer(target)) throw new Error(`${operation.op} ${operation.path}: its parent does not exist`);
  const copy: Container = Array.isArray(target) ? Object.assign([], target) : { ...target };
  if (rest.length > 0) copy[key] = applyAt(copy[key], rest, operation);
  else if (operation.op === "remove") delete copy[key];
  else copy[key] = operation.value;
  return copy;
}

/** The object after the patch; the object itself stays as it was. Knows maps, which is all that the engine patches. */
export const applyPatch = (object: unknown, patch: readonly PatchOperation[]): unknown =>
  patch.reduce((result, operation) => applyAt(result, fromJsonPointer(operation.path), operation), object);
