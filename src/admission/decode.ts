import { Ajv, type ErrorObject } from "ajv";
import { fromJsonPointer } from "../diagnostics/field-path.ts";
import { fieldOf } from "../diagnostics/message.ts";
import { group, versions } from "../seldon/api.ts";
import { type AdmissionReview, BadRequest } from "./types.ts";

const text = { type: "string" };

const isReview = new Ajv({ allowUnionTypes: true }).compile<AdmissionReview>({
  type: "object",
  required: ["apiVersion", "kind", "request"],
  properties: {
    apiVersion: { enum: ["admission.k8s.io/v1", "admission.k8s.io/v1beta1"] },
    kind: { const: "AdmissionReview" },
    request: {
      type: "object",
      required: ["uid", "kind", "operation"],
      properties: {
        uid: { type: "string", minLength: 1 },
        kind: {
          type: "object",
          required: ["group", "version", "kind"],
          properties: {
            group: { const: group },
            version: { enum: versions },
            kind: { type: "string" },
          },
        },
        subResource: text,
        name: text,
        namespace: text,
        operation: { enum: ["CREATE", "UPDATE", "DELETE", "CONNECT"] },
        userInfo: {
          type: "object",
          properties: { username: text, groups: { type: ["array", "null"], items: text } },
        },
        object: { type: ["object", "null"] },
        oldObject: { type: ["object", "null"] },
        dryRun: { type: ["boolean", "null"] },
      },
    },
  },
});

/** Checks the envelope of a parsed body. Throws BadRequest with what was expected. */
export function decodeReview(body: unknown): AdmissionReview {
  if (!isReview(body)) throw new BadRequest(explain(isReview.errors?.[0]));
  const { operation, object, kind, subResource } = body.request;
  if (kind.kind !== "SeldonDeployment" && !subResource)
    throw new BadRequest(
      `request.kind.kind is not SeldonDeployment: correct the rules of the webhook configuration`,
    );
  if ((operation === "CREATE" || operation === "UPDATE") && !object)
    throw new BadRequest(`request.object is missing, but a ${operation} always carries one`);
  return body;
}

function explain(error: ErrorObject | undefined): string {
  const at = fieldOf(fromJsonPointer(error?.instancePath ?? "")) || "body";
  const { allowedValue, allowedValues } = error?.params ?? {};
  const wanted = allowedValues ?? (allowedValue === undefined ? undefined : [allowedValue]);
  const expectation = wanted ? `must be ${wanted.join(" or ")}` : (error?.message ?? "is malformed");
  return `expected an AdmissionReview of admission.k8s.io/v1 or v1beta1 for a SeldonDeployment: ${at} ${expectation}`;
}
