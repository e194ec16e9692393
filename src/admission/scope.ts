import { isMap } from "../mapping/custom.ts";
import type { AdmissionRequest } from "./types.ts";

/** Whether a raw object has a deletionTimestamp. It need not be readable otherwise. */
export const isLeaving = (object: unknown): boolean =>
  isMap(object) && isMap(object.metadata) && Boolean(object.metadata.deletionTimestamp);

/** Kubernetes' own sweepers, which delete what is doomed already: nothing may stand in their way. */
const sweepers = new Set([
  "system:serviceaccount:kube-system:namespace-controller",
  "system:serviceaccount:kube-system:generic-garbage-collector",
  // Both, where the controller manager runs without --use-service-account-credentials.
  "system:kube-controller-manager",
]);

/** Whether a request deletes a SeldonDeployment by somebody's own will. */
export const isDeletion = ({ operation, subResource, userInfo }: AdmissionRequest): boolean =>
  operation === "DELETE" && !subResource && !sweepers.has(userInfo?.username ?? "");

/**
 * Whether a request writes a SeldonDeployment. Status is the operator's to write and Scale is another kind;
 * neither carries routing fields, so both pass unseen.
 */
export const isJudged = ({ operation, subResource }: AdmissionRequest): boolean =>
  (operation === "CREATE" || operation === "UPDATE") && !subResource;
