import type { FieldPath } from "../diagnostics/field-path.ts";
import { ambassadorIds, defaultId } from "../mapping/custom-groups.ts";
import { customDocuments } from "../rules/custom-documents.ts";
import { isAllCustom } from "../rules/custom-groups.ts";
import { annotationPath, keys, readAnnotation } from "../seldon/annotations.ts";
import type { LimitInput } from "./limit.ts";

/** For which Ambassadors some routes of a deployment are. */
export interface NamedIds {
  /** Without any, no Ambassador reads them. */
  readonly ids: readonly string[];
  readonly path: FieldPath;
  /** Whether the author names them, or a default of the policy does. */
  readonly isWritten: boolean;
  /** Begins a message: which document it is. */
  readonly lead: string;
}

function ofAnnotation({ deployment, era, routing }: LimitInput): NamedIds {
  const found = readAnnotation(deployment, keys.ambassadorId, era);
  const path = found?.path ?? annotationPath("metadata", keys.ambassadorId);
  const isWritten = found !== undefined && found.value !== "";
  // What cannot be read is told of by ambassador-id-form, and is an id that nobody has.
  const id = isWritten ? (routing.ambassadorId ?? found.value) : defaultId;
  return { ids: [id], path, isWritten, lead: "" };
}

/** The ids of all routes: of the generated ones, and of each document of the author's own. */
export const namedIds = (input: LimitInput): readonly NamedIds[] => [
  ...(isAllCustom(input) ? [] : [ofAnnotation(input)]),
  ...customDocuments(input).map(({ fields, label, path }) => ({
    ids: ambassadorIds(fields),
    path,
    isWritten: fields.ambassador_id !== undefined,
    lead: `${label}: `,
  })),
];
