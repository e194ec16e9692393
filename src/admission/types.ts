/** Wire types of admission.k8s.io, v1 and v1beta1; only what is read or written here. */

export type ReviewApiVersion = "admission.k8s.io/v1" | "admission.k8s.io/v1beta1";

export type Operation = "CREATE" | "UPDATE" | "DELETE" | "CONNECT";

export interface AdmissionRequest {
  readonly uid: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly subResource?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly operation: Operation;
  readonly userInfo?: { readonly username?: string; readonly groups?: readonly string[] | null };
  readonly object?: unknown;
  readonly oldObject?: unknown;
  readonly dryRun?: boolean;
}

/** A review whose envelope has been checked; the objects inside are still raw. */
export interface AdmissionReview {
  readonly apiVersion: ReviewApiVersion;
  readonly kind: "AdmissionReview";
  readonly request: AdmissionRequest;
}

export interface StatusCause {
  readonly reason: string;
  readonly field: string;
  readonly message: string;
}

export interface Status {
  readonly apiVersion: "v1";
  readonly kind: "Status";
  readonly status: "Failure";
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly causes?: readonly StatusCause[];
  };
}

/** One operation of an RFC 6902 patch; the only three that are ever sent. */
export type PatchOperation =
  | { readonly op: "add" | "replace"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string };

/** The envelope of a call was malformed: answered as HTTP 400 with this message, never as a decision. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
}
