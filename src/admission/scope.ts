import { isMap } from "../mapping/custom.ts";
import type { AdmissionRequest } from "./types.ts";

/** Whether a raw object has a deletionTimestamp. It need not be readable otherwise. */
export const isLeaving = (object: unknown): boolean =>
  isMap(object) && isMap(object.metadata) && Boolean(object.metadata.deletionTimestamp);

/**
 * Whether a request writes a SeldonDeployment. Status is the operator's to write and Scale is another kind;
 * neither carries routing fields, so both pass unseen, as does a deletion.
 */
export const isJudged = ({ operation, subResource }: AdmissionRequest): boolean =>
  (operation === "CREATE" || operation === "UPDATE") && !subResource;
